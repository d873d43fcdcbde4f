/** The details of a pool: its figures, and why its last workers went. */
import type { Pool, Retirement } from '../../data'
import { Ago, Badge, Facts, format, Panel, Section, Status } from '../../design'
import { NextTry } from './PoolCard'
import { poolState, reasonOf } from './reasons'
import css from './Workers.module.css'

export function PoolPanel({ pool, onClose }: { pool: Pool; onClose: () => void }) {
  const { state, says } = poolState(pool.state)
  const gone = [...(pool.retired ?? [])].reverse()
  const runtimes = [...new Set(pool.workers.map((one) => one.runtime).filter(Boolean))].join(', ')
  return (
    <Panel title={pool.name} subtitle="Pool of workers" onClose={onClose} name="workers">
      <Facts
        rows={[
          [
            'State',
            <Status key="state" state={state}>
              {says}
            </Status>,
          ],
          ['Why', pool.problem],
          ['Next try', pool.nextTry == null ? null : <NextTry key="next" pool={pool} />],
          ['Runner', pool.runner],
          ['Runtime', runtimes || null],
          [
            'Each worker',
            pool.fresh ? 'serves one call in a process of its own' : 'stays warm and serves many',
          ],
          ['Processes', format.count(pool.workers.length)],
          ['In flight', pool.inFlight == null ? null : format.count(pool.inFlight)],
          ['Waiting callers', pool.waiting == null ? null : format.count(pool.waiting)],
          ['Memory', pool.memory == null ? null : format.bytes(pool.memory)],
          ['Replaced so far', pool.restarts == null ? null : format.count(pool.restarts)],
          ['Late answers', pool.late == null ? null : format.count(pool.late)],
        ]}
      />
      <Section title="Why workers went">
        {gone.length === 0 ? (
          <p className={css.quiet}>
            None went since the start. When one does, this says why: it crashed, hung, grew too large…
          </p>
        ) : (
          <ul className={css.gone}>
            {gone.map((one) => (
              <Gone key={`${one.worker} ${one.time}`} gone={one} />
            ))}
          </ul>
        )}
      </Section>
    </Panel>
  )
}

function Gone({ gone }: { gone: Retirement }) {
  const { short, long, tone } = reasonOf(gone.reason)
  return (
    <li data-testid="gone">
      <div className={css.goneHead}>
        <Badge tone={tone}>{short}</Badge>
        <span className={css.mono}>{gone.worker}</span>
        <span className={`${css.quiet} ${css.when}`}>
          <Ago at={gone.time} suffix=" ago" />
        </span>
      </div>
      {long ? <p className={css.quiet}>{long}</p> : null}
      {gone.problem ? <pre className={css.said}>{gone.problem}</pre> : null}
    </li>
  )
}
