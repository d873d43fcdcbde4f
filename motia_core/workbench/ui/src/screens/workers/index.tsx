/** Workers: the processes that run your steps, by pool: what they do, what they need, why some went. */
import { Cpu } from 'lucide-react'
import { useMemo } from 'react'
import { useParam } from '../../app/address'
import { forget, useNoted } from '../../app/trends'
import { type Pool, useGroup } from '../../data'
import { Badge, Empty, ErrorNote, format, Screen, Skeleton } from '../../design'
import { PoolCard } from './PoolCard'
import { PoolPanel } from './PoolPanel'
import { memoryOf } from './WorkerRow'
import css from './Workers.module.css'

export default function Workers() {
  const { items, isLoading, isStale, error } = useGroup<Pool>('__motia.workers')
  const pools = useMemo(() => [...items].sort(byGravity), [items])
  const [open, setOpen] = useParam('open')
  const chosen = pools.find((one) => one.id === open)
  useNoted(useMemo(() => memories(pools), [pools]))
  const workers = pools.reduce((sum, one) => sum + one.workers.length, 0)
  const memory = pools.reduce((sum, one) => sum + (one.memory ?? 0), 0)
  return (
    <Screen
      title="Workers"
      about={
        isLoading ? null : (
          <>
            <span>
              {format.plural(workers, 'process', 'processes')} in {format.plural(pools.length, 'pool')},{' '}
              {format.bytes(memory)}
            </span>
            {isStale ? <Badge tone="warn">as last heard</Badge> : null}
          </>
        )
      }
      panel={chosen ? <PoolPanel pool={chosen} onClose={() => setOpen('')} /> : null}
      testId="workers"
    >
      {error ? (
        <ErrorNote error={error} />
      ) : isLoading ? (
        <Skeleton rows={6} />
      ) : pools.length === 0 ? (
        <Empty icon={Cpu} title="No workers" code="motia workers">
          Workers are the processes that run your steps: a few of each language, kept warm. They start with
          the first step of their language; the line below lists them in a terminal.
        </Empty>
      ) : (
        <div className={css.pools}>
          {pools.map((pool) => (
            <PoolCard
              key={pool.id}
              pool={pool}
              isChosen={pool.id === open}
              onOpen={() => setOpen(pool.id === open ? '' : pool.id, { push: true })}
            />
          ))}
        </div>
      )}
    </Screen>
  )
}

/** What does not run comes first. */
function byGravity(left: Pool, right: Pool): number {
  return gravity(right) - gravity(left) || left.name.localeCompare(right.name)
}

function gravity(pool: Pool): number {
  return pool.state === 'missing' || pool.state === 'crash-looping' ? 1 : 0
}

function memories(pools: readonly Pool[]): Record<string, number> {
  const found: Record<string, number> = {}
  for (const pool of pools) for (const worker of pool.workers) found[memoryOf(worker)] = worker.rss
  forget((name) => !name.startsWith('memory ') || name in found)
  return found
}
