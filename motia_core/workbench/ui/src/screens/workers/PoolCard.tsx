/** One pool: its state in a line, its workers beneath, what went last. */
import { PanelRightOpen, RefreshCw } from 'lucide-react'
import { useMemo } from 'react'
import { type Pool, usePost } from '../../data'
import {
  Ago,
  Badge,
  Button,
  Card,
  classes,
  confirm,
  format,
  IconButton,
  Notice,
  Status,
  Until,
} from '../../design'
import { poolState, reasonOf } from './reasons'
import { WorkerRow } from './WorkerRow'
import css from './Workers.module.css'

interface PoolCardProps {
  pool: Pool
  isChosen: boolean
  onOpen: () => void
}

export function PoolCard({ pool, isChosen, onOpen }: PoolCardProps) {
  const { state, says } = poolState(pool.state)
  const isMissing = pool.state === 'missing'
  return (
    <div className={classes(css.pool, isChosen && css.chosen)} data-testid={`pool-${pool.name}`}>
      <Card
        title={
          <span className={css.title}>
            <span>{pool.name}</span>
            <span className={css.state}>
              <Status state={state}>{says}</Status>
            </span>
            {pool.fresh ? (
              <Badge title="Each of its workers serves one call">a process per call</Badge>
            ) : null}
          </span>
        }
        actions={
          <span className={css.actions}>
            <Figures pool={pool} />
            {isMissing ? null : <Restart pool={pool} />}
            <IconButton
              icon={PanelRightOpen}
              label={`Details of ${pool.name}`}
              isOn={isChosen}
              onClick={onOpen}
              small
            />
          </span>
        }
      >
        {pool.problem ? (
          <Notice
            tone="fail"
            title={isMissing ? 'Its steps are not served' : 'Its last workers did not start'}
          >
            {pool.problem}
            {pool.nextTry == null ? null : '. '}
            <NextTry pool={pool} />
          </Notice>
        ) : null}
        {pool.workers.length > 0 ? (
          <table className={css.workers}>
            <thead>
              <tr>
                <th scope="col">Worker</th>
                <th scope="col">State</th>
                <th scope="col" className={classes(css.end, css.wide)}>
                  Memory
                </th>
                <th scope="col" className={classes(css.end, css.narrow)}>
                  In flight
                </th>
                <th scope="col" className={classes(css.end, css.narrow, css.rare)}>
                  Done
                </th>
                <th scope="col" className={classes(css.end, css.narrow)}>
                  Age
                </th>
                <th
                  scope="col"
                  className={classes(css.end, css.narrow, css.rare)}
                  title="Answers that came after their caller had left"
                >
                  Late
                </th>
              </tr>
            </thead>
            <tbody>
              {pool.workers.map((worker) => (
                <WorkerRow key={`${worker.name} ${worker.pid}`} worker={worker} />
              ))}
            </tbody>
          </table>
        ) : isMissing ? null : (
          <p className={css.calm}>No process at the moment: one is started when it is needed.</p>
        )}
        <LastGone pool={pool} />
      </Card>
    </div>
  )
}

function Figures({ pool }: { pool: Pool }) {
  return (
    <span className={css.figures}>
      {pool.waiting ? <Badge tone="warn">{format.count(pool.waiting)} waiting</Badge> : null}
      {pool.restarts ? <span>{format.plural(pool.restarts, 'replacement')}</span> : null}
      {pool.late ? <span>{format.plural(pool.late, 'late answer')}</span> : null}
    </span>
  )
}

/** The seconds are those of when it was said: from then on this page counts itself. */
export function NextTry({ pool }: { pool: Pool }) {
  const { nextTry } = pool
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new moment with each new word of it
  const at = useMemo(() => (nextTry == null ? null : Date.now() + nextTry * 1000), [nextTry, pool])
  if (at === null) return null
  return (
    <span>
      Next try <Until at={at} />, after {format.plural(pool.failures ?? 0, 'failed start')}.
    </span>
  )
}

function Restart({ pool }: { pool: Pool }) {
  const restart = usePost<{ pool: string }>('api/workers/restart', {
    says: `Workers of ${pool.name} are being replaced`,
  })
  const ask = async () => {
    const is = await confirm({
      title: `Replace the workers of ${pool.name}?`,
      text: 'Each goes once a new one is ready and its runs are done. No request is dropped; what your code keeps in memory is lost.',
      action: 'Replace them',
    })
    if (is) restart.mutate({ pool: pool.name })
  }
  return (
    <Button
      small
      icon={RefreshCw}
      busy={restart.isPending}
      onClick={() => void ask()}
      data-testid={`restart-${pool.name}`}
    >
      Restart
    </Button>
  )
}

function LastGone({ pool }: { pool: Pool }) {
  const last = pool.retired?.at(-1)
  if (!last) return null
  const { short, tone } = reasonOf(last.reason)
  return (
    <p className={css.calm}>
      <Badge tone={tone}>{short}</Badge> <span className={css.mono}>{last.worker}</span>{' '}
      <Ago at={last.time} suffix=" ago" />
      {last.problem ? <span className={css.problem}>: {last.problem}</span> : null}
    </p>
  )
}
