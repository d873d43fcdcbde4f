/** The line above a request: method, the address as it will be sent, send and cancel, and what else can be done with it. */
import { BookOpenText, MoreHorizontal, Send, Square } from 'lucide-react'
import type { Endpoint } from '../../data'
import { Button, CopyButton, copy, IconButton, Menu, MethodTag, Select, Tooltip, toast } from '../../design'
import type { Call } from './call'
import { useCall } from './calls'
import { asCurl, asFetch } from './commands'
import css from './details.module.css'
import { type Draft, methodsOf } from './draft'
import type { SetDraft } from './drafts'
import { ExamplesButton } from './ExamplesButton'
import type { Asked } from './request'

interface AddressBarProps {
  endpoint: Endpoint
  draft: Draft
  setDraft: SetDraft
  onReset: () => void
  asked: Asked
  /** The call that was sent last. */
  running: Call | undefined
  onSend: () => void
  isSpec: boolean
  onSpec: () => void
}

export function AddressBar(props: AddressBarProps) {
  const { endpoint, draft, setDraft, onReset, asked, running, onSend, isSpec, onSpec } = props
  const methods = methodsOf(endpoint)
  const copied = async (text: string, what: string) => {
    if (await copy(text)) toast.ok(`Copied as ${what}`)
    else
      toast.fail('This browser does not let the page copy', 'Open the page over http://localhost or https.')
  }
  return (
    <div className={css.bar}>
      {methods.length > 1 ? (
        <Select
          aria-label="Method"
          className={css.method}
          options={methods}
          value={draft.method}
          onChange={(method) => setDraft((before) => ({ ...before, method }))}
        />
      ) : (
        <MethodTag method={draft.method} />
      )}
      <div className={css.address}>
        <code data-testid="endpoint-address" title={asked.target}>
          {asked.target}
        </code>
        <CopyButton text={() => `${location.origin}${asked.target}`} label="Copy the address" />
      </div>
      <SendOrCancel call={running} asked={asked} onSend={onSend} />
      <ExamplesButton endpoint={endpoint} draft={draft} setDraft={setDraft} />
      <IconButton
        icon={BookOpenText}
        label={isSpec ? 'Hide the specification' : 'Show the specification'}
        isOn={isSpec}
        onClick={onSpec}
        data-testid="endpoint-spec-button"
      />
      <Menu
        items={[
          {
            label: 'Copy as curl',
            onSelect: () => void copied(asCurl(asked, location.origin), 'curl'),
            testId: 'endpoint-copy-curl',
          },
          {
            label: 'Copy as fetch',
            onSelect: () => void copied(asFetch(asked, location.origin), 'fetch'),
            testId: 'endpoint-copy-fetch',
          },
          null,
          {
            label: 'Send cookies',
            isOn: draft.cookies,
            onSelect: () => setDraft((before) => ({ ...before, cookies: !before.cookies })),
            testId: 'endpoint-cookies',
          },
          {
            label: 'Follow redirects',
            isOn: draft.follows,
            onSelect: () => setDraft((before) => ({ ...before, follows: !before.follows })),
            testId: 'endpoint-follow',
          },
          null,
          { label: 'Begin anew from the schema', onSelect: onReset, testId: 'endpoint-reset' },
        ]}
      >
        <IconButton icon={MoreHorizontal} label="More" data-testid="endpoint-more" />
      </Menu>
    </div>
  )
}

function SendOrCancel({ call, asked, onSend }: { call: Call | undefined; asked: Asked; onSend: () => void }) {
  useCall(call)
  if (call?.isUnderWay)
    return (
      <Button
        icon={Square}
        className={css.go}
        onClick={() => call.cancel()}
        data-testid="endpoint-cancel-button"
      >
        {call.state === 'receiving' ? 'Stop' : 'Cancel'}
      </Button>
    )
  return (
    <Tooltip text={asked.problems[0] ?? 'Send the request'} keys="mod Enter">
      <Button
        tone="primary"
        icon={Send}
        className={css.go}
        onClick={onSend}
        data-testid="endpoint-play-button"
      >
        Send
      </Button>
    </Tooltip>
  )
}
