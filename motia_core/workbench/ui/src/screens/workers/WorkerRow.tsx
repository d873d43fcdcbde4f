/** One worker: a process, what it does and what it needs. */
import { useTrend } from '../../app/trends'
import type { Worker } from '../../data'
import { classes, format, Spark, Status } from '../../design'
import { reasonOf, workerState } from './reasons'
import css from './Workers.module.css'

/** The name of the line of its memory: a new process begins a new line. */
export function memoryOf(worker: Worker): string {
  return `memory ${worker.name} ${worker.pid}`
}

export function WorkerRow({ worker }: { worker: Worker }) {
  const memory = useTrend(memoryOf(worker))
  const { state, says } = workerState(worker.state)
  return (
    <tr data-testid="worker">
      <th scope="row">
        <span className={css.name}>{worker.name}</span>{' '}
        <span className={css.quiet}>pid {worker.pid ?? 'none yet'}</span>
        {worker.runtime ? <div className={css.quiet}>{worker.runtime}</div> : null}
      </th>
      <td>
        <Status state={worker.inFlight > 0 && state === 'ready' ? 'busy' : state}>{says}</Status>
        {worker.reason ? <div className={css.quiet}>going: {reasonOf(worker.reason).short}</div> : null}
        {worker.problem ? <div className={css.problem}>{worker.problem}</div> : null}
      </td>
      <td className={css.end}>
        <span className={css.memory}>
          <Spark values={memory} label={`Memory of ${worker.name}, lately`} width={72} height={20} />
          <span className={css.value}>{format.bytes(worker.rss)}</span>
        </span>
      </td>
      <td className={css.end}>{format.count(worker.inFlight)}</td>
      <td className={classes(css.end, css.rare)}>{format.count(worker.jobs)}</td>
      <td className={css.end}>{format.age(worker.age * 1000)}</td>
      <td className={classes(css.end, css.rare)}>
        {format.count(worker.late)}
        {worker.strays ? (
          <div className={css.quiet} title="Lines that were not part of the conversation with the server">
            {format.plural(worker.strays, 'stray line')}
          </div>
        ) : null}
      </td>
    </tr>
  )
}
