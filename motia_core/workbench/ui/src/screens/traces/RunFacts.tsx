/** The facts of a run, one beneath the other, and where each of them leads. */
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { to } from '../../app/address'
import type { Run, Step } from '../../data'
import { Button, CopyButton, Facts, format, Moment } from '../../design'
import { ReplayOf } from './ReplayOf'
import css from './RunPanel.module.css'
import { endOf } from './tree'

interface RunFactsProps {
  run: Run
  /** All attempts of its delivery. */
  tries: readonly Run[]
  parent: Run | undefined
  /** As it is served now. */
  step: Step | null
  /** Of the trace. */
  begin: number
  now: number
  href: (run: Run) => string
  onCompare: (() => void) | undefined
}

export function RunFacts({ run, tries, parent, step, begin, now, href, onCompare }: RunFactsProps) {
  const rows: [string, ReactNode][] = []
  const add = (name: string, value: ReactNode) => rows.push([name, value])
  const length = format.duration(endOf(run, now) - run.startTime)
  add('Started', <At at={run.startTime} begin={begin} />)
  add('Took', run.status === 'running' ? `${length} so far` : length)
  if (run.wait > 0) add('Waited', format.duration(run.wait))
  if (run.method) add('Request', <Request run={run} />)
  if (run.topic) add('Topic', <Link href={to.traces({ topic: run.topic })}>{run.topic}</Link>)
  if (parent)
    add(
      'Started by',
      <Link href={href(parent)} data-testid="to-parent">
        {parent.name}
      </Link>,
    )
  if (tries.length > 1)
    add('Attempts', <Attempts tries={tries} run={run} href={href} onCompare={onCompare} />)
  if (step) add('Step', <StepLinks step={step} />)
  if (run.filePath) add('File', <code className={css.file}>{run.filePath}</code>)
  if (run.worker) add('Worker', <Link href={to.worker(run.worker.replace(/-\d+$/, ''))}>{run.worker}</Link>)
  if (run.replayOf) add('Replay of', <ReplayOf id={run.replayOf} />)
  if (run.unkept) add('No replay', `Its input is not kept: ${String(run.unkept)}`)
  add('Id', <Id id={run.id} />)
  return <Facts rows={rows} />
}

function Id({ id }: { id: string }) {
  return (
    <span className={css.id}>
      <code>{id}</code>
      <CopyButton text={id} label="Copy the id of this run" />
    </span>
  )
}

function At({ at, begin }: { at: number; begin: number }) {
  return (
    <>
      <Moment at={at} /> <span className={css.faint}>+{format.duration(Math.max(0, at - begin))}</span>
    </>
  )
}

function Request({ run }: { run: Run }) {
  return (
    <>
      {run.method} {run.route}
      {run.responseStatus ? <span className={css.faint}> answered {run.responseStatus}</span> : null}
    </>
  )
}

/** Where the step stands: its flows, or what it is alone. */
function StepLinks({ step: { name, id, flows } }: { step: Step }) {
  if (flows.length === 0) return <Link href={to.flow(undefined, { step: id })}>{name}</Link>
  return (
    <span className={css.links}>
      {flows.slice(0, 6).map((flow) => (
        <Link key={flow} href={to.flow(flow, { step: id })} data-testid="to-flow">
          {name} in the flow {flow}
        </Link>
      ))}
    </span>
  )
}

interface AttemptsProps {
  tries: readonly Run[]
  run: Run
  href: (run: Run) => string
  onCompare: (() => void) | undefined
}

function Attempts({ tries, run, href, onCompare }: AttemptsProps) {
  return (
    <span className={css.links}>
      {tries.map((one) =>
        one.id === run.id ? (
          <b key={one.id}>{one.attempt} (this)</b>
        ) : (
          <Link key={one.id} href={href(one)}>
            {one.attempt} {one.status}
          </Link>
        ),
      )}
      {onCompare ? (
        <Button small onClick={onCompare} data-testid="compare">
          Compare
        </Button>
      ) : null}
    </span>
  )
}
