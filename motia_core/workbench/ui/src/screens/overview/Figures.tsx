/** The figures of now, each a way to where they come from. Rates are lines that grow while the page is open. */
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { to } from '../../app/address'
import { useTrend } from '../../app/trends'
import type { Overview } from '../../data'
import { classes, format, Spark, useNow } from '../../design'
import css from './Figures.module.css'

export function Figures({ seen }: { seen: Overview }) {
  const now = useNow()
  const runs = useTrend('runs')
  const failures = useTrend('failures')
  const { runsPerMinute, failuresPerMinute } = seen.rates
  return (
    <ul className={css.figures} aria-label="Figures of now" data-testid="figures">
      <Figure name="Runs per minute" value={format.count(Math.round(runsPerMinute))} href={to.traces()}>
        <Spark values={runs} label="Runs per minute, lately" width={88} height={28} />
      </Figure>
      <Figure
        name="Failures per minute"
        value={format.count(Math.round(failuresPerMinute))}
        href={to.traces({ status: 'failed' })}
        tone={failuresPerMinute >= 0.5 ? 'fail' : undefined}
      >
        <Spark
          values={failures}
          label="Failures per minute, lately"
          width={88}
          height={28}
          tone={Math.max(0, ...failures) > 0 ? 'fail' : 'accent'}
        />
      </Figure>
      <Figure name="Running" value={format.count(seen.running)} href={to.traces({ status: 'running' })} />
      <Figure name="Deliveries waiting" value={format.count(seen.waiting)} href={to.queue()}>
        {seen.oldest === null ? null : (
          <span className={css.note}>the oldest for {format.age(now - seen.oldest)}</span>
        )}
      </Figure>
      <Figure
        name="Dead letters"
        value={format.count(seen.dead)}
        href={to.queue()}
        tone={seen.dead > 0 ? 'fail' : undefined}
      />
    </ul>
  )
}

interface FigureProps {
  name: string
  value: string
  href: string
  tone?: 'fail'
  children?: ReactNode
}

function Figure({ name, value, href, tone, children }: FigureProps) {
  return (
    <li>
      <Link href={href} className={css.figure}>
        <span className={css.name}>{name}</span>
        <span className={css.line}>
          <span className={classes(css.value, tone && css[tone])}>{value}</span>
          {children}
        </span>
      </Link>
    </li>
  )
}
