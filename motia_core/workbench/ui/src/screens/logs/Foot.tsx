/** Below the lines: how many are shown, how far back, whether they still come. */
import { useLiveStatus } from '../../data'
import { Button, Dot, format } from '../../design'
import type { Stretch } from './book'
import css from './Logs.module.css'
import type { Matched } from './matcher'

interface FootProps {
  stretch: Stretch
  shown: number
  matched: Matched | null
  follows: boolean
  /** The pattern may be looked for further back. */
  onLookOn?: () => void
}

export function Foot({ stretch, shown, matched, follows, onLookOn }: FootProps) {
  const { state } = useLiveStatus()
  const first = stretch.lines[0]
  const back = first ? `, back to ${format.moment(first.time)}` : ''
  const isLive = state === 'live' && stretch.isAtEnd
  return (
    <div className={css.foot}>
      <span data-testid="logs-count">
        {matched
          ? `${format.plural(shown, 'line')} of ${shownCount(stretch.lines.length)} looked through${back}`
          : `${format.plural(shown, 'line')}${stretch.hasOlder ? ' loaded' : ''}${back}`}
      </span>
      {stretch.isLoadingOlder ? <span role="status">Loading older lines…</span> : null}
      {matched?.wasStopped ? (
        <span role="alert" className={css.fault}>
          This regular expression takes too long and was stopped. Repeated groups such as (a+)+ do that: write
          it simpler.
        </span>
      ) : null}
      {onLookOn ? (
        <Button small tone="quiet" onClick={onLookOn}>
          Look further back
        </Button>
      ) : null}
      <span data-testid="logs-follow">
        <Dot tone={isLive && follows ? 'ok' : 'idle'} />{' '}
        {state !== 'live'
          ? 'Not live: the connection is lost'
          : !stretch.isAtEnd
            ? 'Looking at the past'
            : follows
              ? 'Following'
              : 'Paused: scroll to the end to follow'}
      </span>
    </div>
  )
}

function shownCount(lines: number): string {
  return format.count(lines)
}
