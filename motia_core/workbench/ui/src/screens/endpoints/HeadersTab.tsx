/** The headers of a request. What looks like a secret is marked: it is never stored. */
import css from './details.module.css'
import { type Draft, isSecret } from './draft'
import type { SetDraft } from './drafts'
import { Rows } from './Rows'
import { headerFault, isWithheld } from './request'

const COMMON = [
  'Accept',
  'Accept-Language',
  'Authorization',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'Traceparent',
  'X-Api-Key',
  'X-Request-Id',
]

export function HeadersTab({ draft, setDraft }: { draft: Draft; setDraft: SetDraft }) {
  return (
    <div className={css.tab}>
      <Rows
        rows={draft.headers}
        what="header"
        names={COMMON}
        fault={headerFault}
        note={({ name }) => {
          if (isWithheld(name)) return 'Browsers send this header as they like. Copy as curl sends yours.'
          if (isSecret(name))
            return 'Forgotten when the page is closed: what looks like a secret is not stored.'
          if (name.toLowerCase() !== 'content-type') return ''
          if (draft.kind === 'multipart') return 'The browser says it, with the boundary between the parts.'
          return draft.kind === 'none' ? 'Sent with a body only.' : ''
        }}
        onChange={(headers) => setDraft((before) => ({ ...before, headers }))}
      />
    </div>
  )
}
