/** Two attempts of one delivery beside each other: what each did at which offset, and where they part. */
import type { Run, RunEvent } from '../../data'
import { classes, Dialog, format, Status } from '../../design'
import css from './Compare.module.css'
import { endOf } from './tree'

interface CompareProps {
  left: Run
  right: Run
  now: number
  onClose: () => void
}

const MOST = 200

export function Compare({ left, right, now, onClose }: CompareProps) {
  const [a, b] = left.attempt <= right.attempt ? [left, right] : [right, left]
  const [says, other] = [a.events.map(lineOf), b.events.map(lineOf)]
  const parts = says.findIndex((line, at) => line !== other[at])
  const from =
    parts < 0 && says.length === other.length ? -1 : parts < 0 ? Math.min(says.length, other.length) : parts
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={`${right.name}: two attempts`}
      text={
        from < 0
          ? 'Both called the same, in the same order.'
          : from === 0
            ? 'They part at once.'
            : `The same for ${format.plural(from, 'event')}, then they part.`
      }
    >
      <div className={css.columns} data-testid="comparison">
        {[a, b].map((run) => (
          <section key={run.id} aria-label={`Attempt ${run.attempt}`}>
            <h3>
              Attempt {run.attempt} <Status state={run.status} />
            </h3>
            <p className={css.faint}>
              {format.moment(run.startTime, { exact: true })}, took{' '}
              {format.duration(endOf(run, now) - run.startTime)}, waited {format.duration(run.wait)}, on{' '}
              {run.worker ?? 'no worker'}
            </p>
            {run.error ? (
              <p className={css.error}>
                <b>{run.error.name}</b> {run.error.message}
              </p>
            ) : null}
            <ol className={css.events}>
              {run.events.slice(0, MOST).map((event, at) => (
                <li key={at} className={classes(from >= 0 && at >= from && css.differs)}>
                  <span className={css.offset}>
                    +{format.duration(Math.max(0, event.timestamp - run.startTime))}
                  </span>
                  <span>{lineOf(event)}</span>
                </li>
              ))}
            </ol>
          </section>
        ))}
      </div>
    </Dialog>
  )
}

function lineOf(event: RunEvent): string {
  const data = event.data ?? {}
  if (event.type === 'log') return `${event.level} ${event.message}`
  const names = [event.streamName, data.group ?? data.groupId, data.key ?? data.id, event.topic]
  return [event.type, event.operation, ...names].filter((one) => typeof one === 'string').join(' ')
}
