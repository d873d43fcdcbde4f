/** A step's facts, how it fares, and where else it can be seen. */
import { CalendarClock, Database, GitFork, ListTree, type LucideIcon, ScrollText, Send } from 'lucide-react'
import { Link } from 'wouter'
import { to } from '../../app/address'
import { type Cron, type Step, type StepQueue, useGroup } from '../../data'
import { Ago, CountBadge, classes, Facts, format, Section } from '../../design'
import css from './flows.module.css'
import { topicOf } from './graph'
import { Begins } from './StepNode'
import { useGoing } from './watch'

export function About({ step, unheard, view }: { step: Step; unheard: string[]; view: string }) {
  const going = useGoing(step.name)
  const queues = useGroup<StepQueue>('__motia.queues')
  const queue = queues.items.find((one) => one.step === step.name)
  return (
    <>
      {step.description ? <p className={css.about}>{step.description}</p> : null}
      {going.failing ? (
        <Link
          href={to.trace(going.failing.traceId, { run: going.failing.run })}
          className={css.failing}
          data-testid="step-failing"
        >
          {going.failing.message}
          <span className={css.failingWhen}>
            The last run failed <Ago at={going.failing.at} suffix=" ago" />. Open its trace.
          </span>
        </Link>
      ) : null}
      <Facts
        rows={[
          [
            'Begins with',
            step.type === 'noop' ? null : (
              <span key="begins" className={css.begins}>
                <Begins step={step} />
              </span>
            ),
          ],
          ['Listens to', step.type === 'event' ? null : topics(step.virtualSubscribes ?? [], [])],
          ['Emits', topics(step.emits.map(topicOf), unheard)],
          ['Drawn to', topics((step.virtualEmits ?? []).map(topicOf), [])],
          ['Next tick', step.type === 'cron' ? <NextTick key="next" name={step.name} /> : null],
          ['Flows', step.flows.length ? step.flows.join(', ') : 'none'],
          [
            'File',
            <span key="file" className={css.file}>
              {step.line ? `${step.filePath}:${step.line}` : step.filePath}
            </span>,
          ],
          ['Tries', queue?.maxRetries === undefined ? null : format.plural(queue.maxRetries + 1, 'attempt')],
          ['At once', queue?.concurrency ? format.plural(queue.concurrency, 'run') : null],
          ['Runs', queue && queue.runs > 0 ? runs(queue) : null],
        ]}
      />
      <Section title="See also">
        <div className={css.links}>
          <Place icon={ListTree} href={to.traces({ step: step.name })} label="Traces" />
          <Place icon={ScrollText} href={to.logs({ step: step.name })} label="Logs" />
          {step.type === 'api' ? <Place icon={Send} href={to.endpoint(step.name)} label="Endpoint" /> : null}
          {step.type === 'event' ? (
            <Place
              icon={Database}
              href={to.queue(step.name)}
              label="Queue"
              dead={going.dead}
              waiting={going.waiting}
            />
          ) : null}
          {step.type === 'cron' ? (
            <Place icon={CalendarClock} href={to.cron(step.name)} label="Cron" />
          ) : null}
          <Place icon={Database} href={to.state()} label="State" />
          {step.flows
            .filter((flow) => flow !== view)
            .map((flow) => (
              <Place key={flow} icon={GitFork} href={to.flow(flow, { step: step.id })} label={flow} />
            ))}
        </div>
      </Section>
    </>
  )
}

function runs(queue: StepQueue): string {
  const failed = queue.failures ? `, ${format.count(queue.failures)} failed` : ''
  const took = queue.p50 === null ? '' : `, ${format.duration(queue.p50)} each`
  return `${format.count(queue.runs)}${failed}${took}`
}

function topics(names: string[], unheard: string[]) {
  if (names.length === 0) return null
  return (
    <span className={css.topics}>
      {[...new Set(names)].map((name) => (
        <span
          key={name}
          className={classes(css.topic, unheard.includes(name) && css.topicUnheard)}
          title={unheard.includes(name) ? 'Nobody listens to this topic' : undefined}
        >
          {name}
          {unheard.includes(name) ? ': nobody listens' : ''}
        </span>
      ))}
    </span>
  )
}

function NextTick({ name }: { name: string }) {
  const { items } = useGroup<Cron>('__motia.crons')
  const cron = items.find((one) => one.name === name)
  if (!cron) return null
  if (cron.paused) return 'paused'
  return cron.next === null ? (
    'none'
  ) : (
    <time dateTime={new Date(cron.next).toISOString()}>{format.clock(cron.next)}</time>
  )
}

function Place(props: { icon: LucideIcon; href: string; label: string; dead?: number; waiting?: number }) {
  const Icon = props.icon
  return (
    <Link href={props.href} className={css.link}>
      <Icon size={14} aria-hidden />
      {props.label}
      <span className={css.linkCount}>
        <CountBadge value={props.waiting ?? 0} tone="warn" label="waiting" />{' '}
        <CountBadge value={props.dead ?? 0} label="dead" />
      </span>
    </Link>
  )
}
