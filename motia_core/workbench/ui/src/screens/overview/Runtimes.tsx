/** Pools that do not run: a runtime that is missing with what to install, workers that do not start. */
import { Link } from 'wouter'
import { to } from '../../app/address'
import type { Pool } from '../../data'
import { Card, Status } from '../../design'
import css from './Overview.module.css'

export function Runtimes({ pools }: { pools: readonly Pool[] }) {
  const bad = pools.filter((one) => one.state === 'missing' || one.state === 'crash-looping')
  if (bad.length === 0) return null
  return (
    <Card title="Workers" actions={<Link href={to.worker()}>All workers</Link>} testId="runtimes">
      {bad.map((one) => (
        <div key={one.id} className={css.row}>
          <div className={css.grow}>
            <Link href={to.worker(one.id)} className={css.name}>
              {one.name}
            </Link>
            <p className={css.quiet}>{one.problem}</p>
          </div>
          <Status state={one.state === 'missing' ? 'missing' : 'failing'}>
            {one.state === 'missing' ? 'missing' : 'does not start'}
          </Status>
        </div>
      ))}
    </Card>
  )
}
