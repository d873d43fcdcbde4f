/** The body of a request, in the kind it is sent as. JSON is looked at with the step's schema while it is written. */
import { CircleAlert, CircleCheck, WandSparkles } from 'lucide-react'
import { useMemo } from 'react'
import type { Endpoint, Json } from '../../data'
import { Button, format, JsonEditor, jsonError, parseJson, Segmented, TextArea } from '../../design'
import { check, type Fault } from './check'
import css from './details.module.css'
import { type BodyKind, type Draft, takesNoBody, withKind } from './draft'
import type { SetDraft } from './drafts'
import { FileInput, Rows } from './Rows'
import { decoded } from './request'

const KINDS: { value: BodyKind; label: string }[] = [
  { value: 'none', label: 'None' },
  { value: 'json', label: 'JSON' },
  { value: 'text', label: 'Text' },
  { value: 'form', label: 'Form' },
  { value: 'multipart', label: 'Multipart' },
  { value: 'bytes', label: 'Bytes' },
]

interface BodyTabProps {
  endpoint: Endpoint
  draft: Draft
  setDraft: SetDraft
  onSend: () => void
}

export function BodyTab({ endpoint, draft, setDraft, onSend }: BodyTabProps) {
  const { kind } = draft
  if (takesNoBody(draft.method))
    return (
      <p className={css.teach}>
        Browsers send no body with {draft.method}. What the step needs comes in the path, the query or the
        headers.
      </p>
    )
  const change = (more: Partial<Draft>) => setDraft((before) => ({ ...before, ...more }))
  return (
    <div className={css.body}>
      <div className={css.bodyBar}>
        <Segmented
          label="Kind of body"
          options={KINDS}
          value={kind}
          onChange={(next) => setDraft((before) => withKind(before, next))}
        />
        {kind === 'json' ? (
          <Button
            small
            tone="quiet"
            icon={WandSparkles}
            disabled={jsonError(draft.json) !== null}
            onClick={() => change({ json: JSON.stringify(parseJson(draft.json), null, 2) })}
          >
            Tidy
          </Button>
        ) : null}
      </div>
      {kind === 'none' ? <p className={css.teach}>The request is sent without a body.</p> : null}
      {kind === 'json' ? (
        <>
          <div className={css.editor}>
            <JsonEditor
              value={draft.json}
              onChange={(json) => change({ json })}
              onSubmit={onSend}
              label="JSON body"
              testId="endpoint-body-editor"
            />
          </div>
          <Judged endpoint={endpoint} text={draft.json} />
        </>
      ) : null}
      {kind === 'text' ? (
        <div className={css.bodyRest}>
          <TextArea
            aria-label="Text body"
            className={css.text}
            value={draft.text}
            onChange={(event) => change({ text: event.target.value })}
          />
        </div>
      ) : null}
      {kind === 'form' ? (
        <div className={css.bodyRest}>
          <Rows rows={draft.form} what="field" onChange={(form) => change({ form })} />
        </div>
      ) : null}
      {kind === 'multipart' ? (
        <div className={css.bodyRest}>
          <Rows rows={draft.parts} what="field" files onChange={(parts) => change({ parts })} />
        </div>
      ) : null}
      {kind === 'bytes' ? <Bytes draft={draft} change={change} /> : null}
    </div>
  )
}

function Bytes({ draft, change }: { draft: Draft; change: (more: Partial<Draft>) => void }) {
  const bytes = decoded(draft.base64)
  return (
    <div className={css.bodyRest}>
      <div className={css.bytes}>
        <FileInput label="File to send" file={draft.file} onChange={(file) => change({ file })} />
        {draft.file ? (
          <Button small tone="quiet" onClick={() => change({ file: null })}>
            Without the file
          </Button>
        ) : (
          <span className={css.said}>or write them as base64:</span>
        )}
      </div>
      {draft.file ? null : (
        <>
          <TextArea
            aria-label="Bytes as base64"
            className={css.text}
            aria-invalid={bytes === null ? true : undefined}
            value={draft.base64}
            onChange={(event) => change({ base64: event.target.value })}
          />
          <div className={css.said}>{bytes ? format.bytes(bytes.length) : 'This is not base64'}</div>
        </>
      )}
    </div>
  )
}

/** What the schema says of it, in words; the server has the last one. */
function Judged({ endpoint, text }: { endpoint: Endpoint; text: string }) {
  const schema = endpoint.bodySchema
  const faults = useMemo<Fault[] | null>(() => {
    const wrong = jsonError(text)
    if (wrong) return [{ path: `Line ${wrong.line}`, text: `${wrong.message}. It is sent as it stands.` }]
    return schema ? check(JSON.parse(text) as Json, schema) : null
  }, [text, schema])
  if (faults === null) return null
  if (faults.length === 0)
    return (
      <div className={css.judged} data-testid="endpoint-body-check">
        <CircleCheck size={14} aria-hidden className={css.fits} /> Fits the schema
      </div>
    )
  return (
    <ul className={css.judged} data-testid="endpoint-body-check" aria-label="What does not fit the schema">
      {faults.map((one, at) => (
        <li key={at}>
          <CircleAlert size={14} aria-hidden className={css.unfit} />
          <span>
            <code>{one.path || 'The body'}</code> {one.text}
          </span>
        </li>
      ))}
    </ul>
  )
}
