/** What an error says, before the tree of it: the message, what did not fit the schema, the stack with its lines. */
import type { Endpoint } from '../../data'
import { isObject } from '../../data/schema'
import css from './response.module.css'
import { TextBlock } from './TextBlock'

interface FailureCardProps {
  body: unknown
  status: number
  endpoint: Endpoint
}

export function FailureCard({ body, status, endpoint }: FailureCardProps) {
  if (!isObject(body)) return null
  const text = (name: string) => (typeof body[name] === 'string' ? body[name] : '')
  const issues = Array.isArray(body.issues) ? body.issues.filter(isObject) : []
  const stack = text('stack')
  const title = text('error')
  const message = text('message') || text('detail')
  if (!stack && !message && issues.length === 0) return null
  return (
    <div className={css.failure} data-testid="endpoint-failure">
      <strong>{title || `Status ${status}`}</strong>
      {message ? <div>{message}</div> : null}
      {issues.length ? (
        <ul>
          {issues.slice(0, 20).map((one, at) => (
            <li key={at}>
              <code>{pathOf(one.path)}</code>{' '}
              {typeof one.message === 'string' ? one.message : JSON.stringify(one)}
            </li>
          ))}
        </ul>
      ) : null}
      {stack ? (
        <TextBlock className={css.stack} text={stack} label={`Where ${endpoint.step} failed`} />
      ) : null}
    </div>
  )
}

function pathOf(path: unknown): string {
  if (Array.isArray(path)) return path.join('.') || 'The body'
  return typeof path === 'string' && path ? path : 'The body'
}
