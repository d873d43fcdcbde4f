/** One endpoint: its request above, the answer below. Ctrl/Cmd-Enter sends from anywhere in it. */
import { useCallback, useMemo } from 'react'
import { useParam } from '../../app/address'
import type { Endpoint, Problem } from '../../data'
import { Split, Tabs, toast } from '../../design'
import { AddressBar } from './AddressBar'
import { BodyTab } from './BodyTab'
import { BrokenNote } from './BrokenNote'
import { type Sent, send, useCalls } from './calls'
import css from './details.module.css'
import { type Draft, takesNoBody } from './draft'
import { useDraft } from './drafts'
import { HeadersTab } from './HeadersTab'
import { ParamsTab } from './ParamsTab'
import { ResponseView } from './ResponseView'
import { ask } from './request'
import { paramsOf } from './template'

interface DetailsProps {
  endpoint: Endpoint
  problem: Problem | null
  isSpec: boolean
  onSpec: () => void
}

export function Details({ endpoint, problem, isSpec, onSpec }: DetailsProps) {
  const [draft, setDraft, reset] = useDraft(endpoint)
  const [tab, setTab] = useParam('tab')
  const [chosen, setChosen] = useParam('call')
  const calls = useCalls(endpoint.id)
  const asked = useMemo(() => ask(endpoint.path, draft), [endpoint.path, draft])
  const shown: Sent | undefined = calls.find(({ call }) => call.id === chosen) ?? calls[0]

  const sendIt = useCallback(
    (what: Draft) => {
      const made = ask(endpoint.path, what)
      const [problem, ...more] = made.problems
      if (problem) return toast.fail(problem, more.join('. '))
      send(endpoint.id, made, what)
      setChosen('')
    },
    [endpoint, setChosen],
  )
  const sendThis = useCallback(() => sendIt(draft), [sendIt, draft])

  const on = (rows: { on: boolean; name: string }[]) => rows.filter((row) => row.on && row.name).length
  const params = paramsOf(endpoint.path).length + on(draft.query)
  const first = endpoint.bodySchema && !takesNoBody(draft.method) ? 'body' : 'params'
  return (
    <section
      className={css.details}
      aria-label={`${endpoint.method} ${endpoint.path}`}
      data-testid="endpoint-details-panel"
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.defaultPrevented) return
        event.preventDefault()
        sendThis()
      }}
    >
      <AddressBar
        endpoint={endpoint}
        draft={draft}
        setDraft={setDraft}
        onReset={reset}
        asked={asked}
        running={calls[0]?.call}
        onSend={sendThis}
        isSpec={isSpec}
        onSpec={onSpec}
      />
      {problem ? <BrokenNote endpoint={endpoint} problem={problem} /> : null}
      <Split
        name="endpoint-request"
        direction="column"
        size={360}
        least={120}
        most={1200}
        label="Height of the request"
        first={
          <Tabs
            label="Request"
            value={tab || first}
            onChange={setTab}
            tabs={[
              {
                id: 'params',
                label: <Counted label="Params" count={params} />,
                testId: 'endpoint-params-tab',
                content: <ParamsTab endpoint={endpoint} draft={draft} setDraft={setDraft} />,
              },
              {
                id: 'body',
                label: 'Body',
                testId: 'endpoint-body-tab',
                content: <BodyTab endpoint={endpoint} draft={draft} setDraft={setDraft} onSend={sendThis} />,
              },
              {
                id: 'headers',
                label: <Counted label="Headers" count={on(draft.headers)} />,
                testId: 'endpoint-headers-tab',
                content: <HeadersTab draft={draft} setDraft={setDraft} />,
              },
            ]}
          />
        }
        second={
          <ResponseView
            endpoint={endpoint}
            calls={calls}
            shown={shown}
            onChoose={(id) => setChosen(id, { push: true })}
            onAgain={sendIt}
            onTake={setDraft}
          />
        }
      />
    </section>
  )
}

function Counted({ label, count }: { label: string; count: number }) {
  return (
    <>
      {label}
      {count ? <span className={css.count}>{count}</span> : null}
    </>
  )
}
