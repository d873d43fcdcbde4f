/** The last runs as small bars, the newest at the right: the colour is the outcome, the height the duration. */
import type { CronRun } from '../../data'
import { format, toneOf } from '../../design'
import css from './cron.module.css'

const MOST = 20

export function Strip({ runs }: { runs: readonly CronRun[] }) {
  if (runs.length === 0) return <span className={css.under}>none yet</span>
  const longest = Math.max(1, ...runs.map((run) => run.duration ?? 0))
  const failed = runs.filter((run) => run.status === 'failed').length
  return (
    <span
      role="img"
      className={css.strip}
      aria-label={`The last ${format.plural(runs.length, 'run')}, ${failed} failed`}
    >
      {runs
        .slice(0, MOST)
        .toReversed()
        .map((run) => (
          <span
            key={run.traceId}
            className={css.run}
            style={{
              height: `${25 + 75 * ((run.duration ?? longest) / longest)}%`,
              background: `var(--${toneOf(run.status)})`,
            }}
            title={`${format.moment(run.startTime)}: ${run.status}, ${format.duration(run.duration)}`}
          />
        ))}
    </span>
  )
}
