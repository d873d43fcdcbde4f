/** What was sent: the line, the headers of ours, the body. */
import { CopyButton, format } from '../../design'
import type { Call } from './call'
import { asCurl } from './commands'
import css from './response.module.css'
import { TextBlock } from './TextBlock'

export function SentRequest({ call }: { call: Call }) {
  const { asked } = call
  const { body } = asked
  return (
    <div className={css.sent}>
      <div className={css.sentLine}>
        <code>
          {asked.method} {asked.target}
        </code>
        <CopyButton text={() => asCurl(asked, location.origin)} words="Copy as curl" />
      </div>
      <dl className={css.headers}>
        {asked.headers.map(([name, value], at) => (
          <div key={at}>
            <dt>{name}</dt>
            <dd>{asked.withheld.includes(name) ? `${value} (the browser sent its own)` : value}</dd>
          </div>
        ))}
      </dl>
      {body.kind === 'text' ? (
        <TextBlock text={body.text.slice(0, 200_000)} label="Body that was sent" />
      ) : null}
      {body.kind === 'bytes' ? (
        <p className={css.teach}>
          {body.file ? `${body.file.name}, ${format.bytes(body.file.size)}` : 'Bytes written as base64'}
        </p>
      ) : null}
      {body.kind === 'multipart' ? (
        <dl className={css.headers}>
          {body.parts.map((part, at) => (
            <div key={at}>
              <dt>{part.name}</dt>
              <dd>{part.file ? `${part.file.name}, ${format.bytes(part.file.size)}` : part.value}</dd>
            </div>
          ))}
        </dl>
      ) : null}
    </div>
  )
}
