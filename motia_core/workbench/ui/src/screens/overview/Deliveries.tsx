/** What waits, runs and is dead, by step; only steps of which there is something. */
import { Link } from 'wouter'
import { to } from '../../app/address'
import { type Overview, useGet } from '../../data'
import { Badge, Card, format } from '../../design'
import css from './Overview.module.css'

interface Depth {
  step: string
  state: string
  ready: number
  delayed: number
  running: number
  blocked: number
  dead: number
}

const SHOWN = 8

export function Deliveries({ seen }: { seen: Overview }) {
  const depths = useGet<Depth[]>('api/queues', {}, { every: 2000 }).data
  const busy = (depths ?? [])
    .filter((one) => waiting(one) + one.running + one.dead > 0)
    .sort((left, right) => right.dead - left.dead || waiting(right) - waiting(left))
  const isQuiet = busy.length === 0 && seen.waiting + seen.running + seen.dead === 0
  return (
    <Card title="Deliveries" actions={<Link href={to.queue()}>All queues</Link>} testId="deliveries">
      {busy.slice(0, SHOWN).map((one) => (
        <div key={one.step} className={css.row}>
          <Link href={to.queue(one.step)} className={`${css.grow} ${css.cut} ${css.name}`}>
            {one.step}
          </Link>
          <div className={css.end}>
            {one.state === 'served' ? null : <Badge tone="warn">{one.state}</Badge>}
            <Part step={one.step} state="running" value={one.running} />
            <Part step={one.step} state="waiting" value={waiting(one)} />
            <Part step={one.step} state="dead" value={one.dead} />
          </div>
        </div>
      ))}
      {isQuiet ? <p className={css.calm}>Nothing waits, nothing is dead.</p> : null}
      {busy.length > SHOWN ? (
        <p className={css.calm}>{format.plural(busy.length - SHOWN, 'more step')}</p>
      ) : null}
    </Card>
  )
}

function Part({ step, state, value }: { step: string; state: string; value: number }) {
  if (value === 0) return null
  return (
    <Link href={to.queue(step, { state })}>
      <Badge tone={state === 'dead' ? 'fail' : state === 'running' ? 'running' : 'idle'}>
        {format.count(value)} {state}
      </Badge>
    </Link>
  )
}

function waiting(one: Depth): number {
  return one.ready + one.delayed + one.blocked
}
