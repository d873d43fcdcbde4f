/** One line with all that is known of it: what was said, by whom, in which run, and what stands around it. */
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { to } from '../../app/address'
import { type LogLine, type Step, type TraceWhole, useGet, useList } from '../../data'
import { Ago, CopyButton, Facts, format, JsonView, LanguageTag, Panel, Section, Status } from '../../design'
import css from './Logs.module.css'
import { Pieces } from './Message'
import { coloured, copied } from './text'
import { fieldsOf } from './wanted'

interface LogPanelProps {
  line: LogLine
  hasColours: boolean
  /** Some lines are left out by filters: leads to what was said right before and after. */
  around: string | null
  onClose: () => void
}

const SOURCES: Record<string, string> = {
  logger: 'logger: the step said it by its logger',
  stdout: 'stdout: the step, or a package of it, printed it',
  stderr: 'stderr: the step, or a package of it, printed it as an error',
  core: 'core: Motia says it about this run',
}

export function LogPanel({ line, hasColours, around, onClose }: LogPanelProps) {
  const fields = fieldsOf(line)
  const steps = useList<Step>('api/steps', { q: line.step }, { limit: 50, enabled: line.step !== undefined })
  const step = steps.items.find((one) => one.name === line.step)
  const trace = useGet<TraceWhole>(
    `api/traces/${encodeURIComponent(line.traceId ?? '')}`,
    {},
    { enabled: line.traceId !== undefined && line.invocation !== undefined },
  )
  const run = trace.data?.runs.find((one) => one.id === line.invocation)
  const language = run?.language ?? step?.language
  return (
    <Panel
      name="log"
      title={line.step ?? 'Log line'}
      label="Log line"
      subtitle={
        <>
          <Status state={line.level} />
          <span>
            {format.moment(line.time, { exact: true })} · <Ago at={line.time} suffix=" ago" />
          </span>
        </>
      }
      onClose={onClose}
    >
      <Section
        title="Message"
        actions={
          <span>
            <CopyButton text={() => copied(line)} label="Copy this line" />
            <CopyButton text={() => JSON.stringify(line, null, 2)} words="JSON" />
          </span>
        }
      >
        <pre className={css.full} data-testid="log-message">
          <Pieces pieces={coloured(line.msg)} hasColours={hasColours} />
        </pre>
      </Section>
      {fields ? (
        <Section title="Fields">
          <JsonView value={fields} label="Fields" />
        </Section>
      ) : null}
      <Facts
        rows={[
          row('Step', line.step ? <Link href={stepLink(line, step)}>{line.step}</Link> : null),
          row('Language', language ? <LanguageTag language={language} /> : null),
          row('Flows', line.flows.length > 0 ? <Flows flows={line.flows} /> : null),
          row(
            'Trace',
            line.traceId ? (
              <Link href={to.trace(line.traceId, { run: line.invocation })}>{line.traceId}</Link>
            ) : null,
          ),
          row('Run', run ? <Status state={run.status}>{runSaid(run)}</Status> : null),
          row('Invocation', line.invocation ?? null),
          row('Worker', run?.worker ?? null),
          row('Source', SOURCES[line.source] ?? line.source),
          row('Line', line.id),
        ]}
      />
      <Section title="More lines">
        <div className={css.links}>
          {around ? <Link href={around}>Lines around this one</Link> : null}
          {line.traceId ? <Link href={to.logs({ trace: line.traceId })}>Lines of this trace</Link> : null}
          {line.step ? <Link href={to.logs({ step: line.step })}>Lines of this step</Link> : null}
        </div>
      </Section>
    </Panel>
  )
}

function row(name: string, value: ReactNode): readonly [string, ReactNode] {
  return [name, value]
}

function Flows({ flows }: { flows: readonly string[] }) {
  return (
    <span className={css.links}>
      {flows.map((flow) => (
        <Link key={flow} href={to.flow(flow)}>
          {flow}
        </Link>
      ))}
    </span>
  )
}

function stepLink(line: LogLine, step: Step | undefined): string {
  return to.flow(line.flows[0], { step: step?.id })
}

function runSaid(run: TraceWhole['runs'][number]): string {
  const took = run.endTime === undefined ? '' : ` after ${format.duration(run.endTime - run.startTime)}`
  return `${run.status}${took}, attempt ${run.attempt}`
}
