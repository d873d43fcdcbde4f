/** The answer to a call: how it went, what it says, where to read on; the calls before it. */
import { Activity, Download, History, Inbox, ScrollText } from 'lucide-react'
import { Link } from 'wouter'
import { to, useParam } from '../../app/address'
import type { Endpoint } from '../../data'
import { Ago, Button, Empty, format, IconButton, KeyHint, Popover, Tabs, useNow } from '../../design'
import type { Call } from './call'
import { type Sent, useCall } from './calls'
import type { Draft } from './draft'
import type { SetDraft } from './drafts'
import { fileNameOf } from './kinds'
import { Preview } from './Preview'
import { Raw } from './Raw'
import css from './response.module.css'
import { SentRequest } from './SentRequest'
import { StatusBadge } from './StatusBadge'
import { download } from './save'

interface ResponseProps {
  endpoint: Endpoint
  calls: readonly Sent[]
  shown: Sent | undefined
  onChoose: (id: string) => void
  onAgain: (draft: Draft) => void
  onTake: SetDraft
}

export function ResponseView(props: ResponseProps) {
  const { shown } = props
  return (
    <section className={css.response} aria-label="Response" data-testid="endpoint-response-container">
      {shown ? (
        <Answer {...props} shown={shown} key={shown.call.id} />
      ) : (
        <Empty icon={Inbox} title="Nothing sent yet">
          Press Send, or <KeyHint keys="mod Enter" />: the answer appears here as it comes.
        </Empty>
      )}
    </section>
  )
}

function Answer({ endpoint, calls, shown, onChoose, onAgain, onTake }: ResponseProps & { shown: Sent }) {
  const { call, draft } = shown
  const [view, setView] = useParam('view')
  useCall(call)
  const isOld = calls[0] !== shown
  return (
    <>
      <header className={css.head}>
        <StatusBadge call={call} />
        <Times call={call} />
        <span className={css.gap} />
        {call.traceId ? (
          <>
            <Link className={css.jump} href={to.trace(call.traceId)} data-testid="endpoint-trace">
              <Activity size={14} aria-hidden /> Trace
            </Link>
            <Link className={css.jump} href={to.logs({ trace: call.traceId })} data-testid="endpoint-logs">
              <ScrollText size={14} aria-hidden /> Logs
            </Link>
          </>
        ) : null}
        {call.size > 0 ? (
          <IconButton
            icon={Download}
            small
            label="Download the body"
            onClick={() => download(fileNameOf(call), call.blob())}
          />
        ) : null}
        <Calls calls={calls} shown={shown} onChoose={onChoose} />
      </header>
      {isOld ? (
        <div className={css.note}>
          This is a call from before, <Ago at={call.at} suffix=" ago" />.
          <Button small onClick={() => onAgain(draft)} data-testid="endpoint-again">
            Send it again
          </Button>
          <Button small tone="quiet" onClick={() => onTake(draft)}>
            Put it into the editor
          </Button>
          <Button small tone="quiet" onClick={() => onChoose('')}>
            Show the latest
          </Button>
        </div>
      ) : null}
      {call.redirected ? (
        <div className={css.note}>
          Redirected to <code>{call.redirected.replace(location.origin, '')}</code>
        </div>
      ) : null}
      {call.isCut ? (
        <div className={css.note}>Only the first 32 MiB of the body are kept for download.</div>
      ) : null}
      <Tabs
        label="Response"
        value={view}
        onChange={(next) => setView(next === 'preview' ? '' : next)}
        tabs={[
          { id: 'preview', label: 'Preview', content: <Preview call={call} endpoint={endpoint} /> },
          { id: 'raw', label: 'Raw', content: <Raw text={call.text} />, testId: 'endpoint-raw-tab' },
          {
            id: 'headers',
            label: (
              <>
                Headers <span className={css.count}>{call.headers.length || ''}</span>
              </>
            ),
            testId: 'endpoint-response-headers-tab',
            content: <HeaderList headers={call.headers} />,
          },
          {
            id: 'request',
            label: 'Request',
            content: <SentRequest call={call} />,
            testId: 'endpoint-request-tab',
          },
        ]}
      />
    </>
  )
}

function Times({ call }: { call: Call }) {
  const now = useNow()
  const took = call.took ?? Math.max(0, now - call.at)
  return (
    <span className={css.times}>
      <span title={call.first === null ? undefined : `first line after ${format.duration(call.first)}`}>
        {format.duration(call.isUnderWay ? Math.round(took / 1000) * 1000 : took)}
      </span>
      <span>{format.bytes(call.size)}</span>
    </span>
  )
}

function HeaderList({ headers }: { headers: Call['headers'] }) {
  return (
    <dl className={css.headers}>
      {headers.map(([name, value], at) => (
        <div key={at}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function Calls({ calls, shown, onChoose }: Pick<ResponseProps, 'calls' | 'shown' | 'onChoose'>) {
  return (
    <Popover
      label="Calls of this page"
      align="end"
      trigger={
        <Button small tone="quiet" icon={History} data-testid="endpoint-history">
          {format.plural(calls.length, 'call')}
        </Button>
      }
    >
      <ul className={css.calls} aria-label="Calls of this page, the newest first">
        {calls.map((one) => (
          <li key={one.call.id}>
            <button
              type="button"
              className={css.callLine}
              aria-current={one === shown ? 'true' : undefined}
              onClick={() => onChoose(one === calls[0] ? '' : one.call.id)}
              data-testid="endpoint-call"
            >
              <StatusBadge call={one.call} />
              <code>{one.call.asked.target}</code>
              <span className={css.quiet}>
                <Ago at={one.call.at} />
              </span>
            </button>
          </li>
        ))}
      </ul>
      <p className={css.quiet}>Kept until this page is closed.</p>
    </Popover>
  )
}
