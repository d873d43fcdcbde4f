/** The slowest steps: how long 95 of 100 runs take at most, with the usual run inside the bar. */
import { Link } from 'wouter'
import { to } from '../../app/address'
import type { Overview } from '../../data'
import { Card, format } from '../../design'
import page from './Overview.module.css'
import css from './Slowest.module.css'

const SHOWN = 8

export function Slowest({ seen }: { seen: Overview }) {
  const steps = seen.slowest.slice(0, SHOWN)
  const top = Math.max(1e-9, ...steps.map((one) => one.p95))
  return (
    <Card title="Slowest steps" testId="slowest">
      {steps.length === 0 ? (
        <p className={page.calm}>How long steps take stands here once some have run.</p>
      ) : (
        <ul className={css.list}>
          {steps.map((one) => (
            <li key={one.step}>
              <Link href={to.traces({ step: one.step })} className={css.step}>
                <span className={`${page.cut} ${css.name}`}>{one.step}</span>
                <span className={css.track}>
                  <span className={css.p95} style={{ width: `${(one.p95 / top) * 100}%` }} />
                  <span className={css.p50} style={{ width: `${(one.p50 / top) * 100}%` }} />
                </span>
                <span className={css.value}>{format.duration(one.p95)}</span>
                <span className={css.rest}>
                  usually {format.duration(one.p50)} · {format.plural(one.runs, 'run')}
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}
