/** A step's settings and how it fared lately, in one quiet line each. */
import type { StepQueue } from '../../data'
import { Ago, format } from '../../design'
import css from './queues.module.css'

export function Figures({ queue }: { queue: StepQueue }) {
  return (
    <div className={css.strip}>
      <dl className={css.figures} aria-label="Figures">
        <Figure name="Oldest" value={queue.oldest === null ? '–' : <Ago at={queue.oldest} />} />
        <Figure name="Per minute" value={format.count(queue.perMinute)} />
        <Figure name="Runs" value={format.count(queue.runs)} />
        <Figure name="Failures" value={format.count(queue.failures)} fails={queue.failures > 0} />
        <Figure name="Retries" value={format.count(queue.retries)} />
        <Figure name="p50" value={format.duration(queue.p50)} />
        <Figure name="p95" value={format.duration(queue.p95)} />
      </dl>
      <p className={css.settings} data-testid="settings">
        {settings(queue).map((part) => (
          <span key={part}>{part}</span>
        ))}
      </p>
    </div>
  )
}

function Figure({ name, value, fails }: { name: string; value: React.ReactNode; fails?: boolean }) {
  return (
    <div className={css.figure}>
      <dt>{name}</dt>
      <dd className={fails ? css.fails : undefined}>{value}</dd>
    </div>
  )
}

function settings(queue: StepQueue): string[] {
  if (queue.kind === null) return ['No step of this name is served']
  const { maxRetries = 0, concurrency, fifo, topics = [] } = queue
  return [
    topics.length > 0 ? `Subscribes to ${topics.join(', ')}` : 'Runs by the clock',
    maxRetries === 0 ? 'No retries' : `Up to ${format.plural(maxRetries, 'retry', 'retries')}`,
    fifo ? 'FIFO: one at a time in each group' : 'Standard: in no strict order',
    concurrency == null ? 'As many at once as there are workers' : `At most ${concurrency} at once`,
  ]
}
