/** The right half of a row: how long it waited for its next try (dotted), waited for a worker (hatched) and ran. */
import { classes, format } from '../../design'
import { placeOf, type View } from './scale'
import { dueOf, endOf, type Row } from './tree'
import css from './Waterfall.module.css'

interface BarProps {
  row: Row
  from: number
  to: number
  view: View
  now: number
}

export function Bar({ row, from, to, view, now }: BarProps) {
  const { run, isMadeGood, isOnPath, after } = row
  const place = (moment: number) => placeOf(moment, from, to, view)
  const [due, start, end] = [place(dueOf(run)), place(run.startTime), place(endOf(run, now))]
  const tried = after === null ? null : place(after)
  const label = format.duration(endOf(run, now) - run.startTime)
  return (
    <div className={css.track}>
      <div className={css.line} data-line>
        {tried !== null && due > tried ? (
          <span className={css.retry} style={{ left: `${tried}%`, width: `${due - tried}%` }} />
        ) : null}
        {run.wait > 0 ? (
          <span
            className={css.wait}
            data-wait={run.wait}
            style={{ left: `${due}%`, width: `${start - due}%` }}
          />
        ) : null}
        <span
          className={classes(css.bar, css[isMadeGood ? 'again' : run.status], isOnPath && css.critical)}
          style={{ left: `${start}%`, width: `max(3px, ${end - start}%)` }}
        />
        {end > 0 && start < 100 ? (
          <span className={css.took} style={{ left: `calc(${Math.min(100, end)}% + 0.4rem)` }}>
            {label}
          </span>
        ) : null}
      </div>
    </div>
  )
}
