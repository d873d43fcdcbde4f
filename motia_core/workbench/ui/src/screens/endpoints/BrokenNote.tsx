/** Says that the file of an endpoint is broken, with the line of source it is about. */
import { TriangleAlert } from 'lucide-react'
import { Link } from 'wouter'
import { to } from '../../app/address'
import type { Endpoint, Problem } from '../../data'
import css from './details.module.css'

export function BrokenNote({ endpoint, problem }: { endpoint: Endpoint; problem: Problem }) {
  const place = `${problem.filePath ?? ''}${problem.line ? `:${problem.line}` : ''}`
  return (
    <div className={css.broken} role="alert" data-testid="endpoint-broken">
      <TriangleAlert size={16} aria-hidden />
      <div className={css.brokenWords}>
        <strong>
          {endpoint.broken
            ? 'Its file is broken: requests are answered with 503'
            : 'Its file is broken: the last good version serves on'}
        </strong>
        <div>{problem.message}</div>
        {problem.source ? (
          <pre className={css.source}>
            {problem.line ? <span className={css.lineNumber}>{problem.line}</span> : null}
            {problem.source}
          </pre>
        ) : null}
        <div className={css.about}>
          <code>{place}</code>
          {problem.hint ? ` · ${problem.hint}` : ''} · <Link href={to.overview()}>All problems</Link>
        </div>
      </div>
    </div>
  )
}
