/** What a run did, in order: its log lines and its calls by name and key, each leading to what it touched. */
import { Database, Dot as Other, Radio, ScrollText, Send } from 'lucide-react'
import { type ReactNode, useMemo, useState } from 'react'
import { Link } from 'wouter'
import { to } from '../../app/address'
import type { Run, RunEvent } from '../../data'
import { Button, classes, format, JsonView, Segmented } from '../../design'
import css from './Events.module.css'
import { startedBy } from './tree'

type Which = 'all' | 'calls' | 'logs'
const PART = 100

interface EventsProps {
  run: Run
  runs: readonly Run[]
  flow: string | undefined
  stepId: string | undefined
  href: (run: Run) => string
}

export function Events({ run, runs, flow, stepId, href }: EventsProps) {
  const [which, setWhich] = useState<Which>('all')
  const [shown, setShown] = useState(PART)
  const started = useMemo(() => startedBy(run, runs), [run, runs])
  const wanted = useMemo(
    () =>
      run.events
        .map((event, at) => ({ event, at }))
        .filter(({ event }) => which === 'all' || (event.type === 'log') === (which === 'logs')),
    [run.events, which],
  )
  const logs = run.events.filter((event) => event.type === 'log').length
  if (run.events.length === 0)
    return (
      <p className={css.faint}>
        {run.status === 'running' ? 'Nothing yet.' : 'It called nothing of its context, and said nothing.'}
      </p>
    )
  return (
    <>
      {logs > 0 && logs < run.events.length ? (
        <div className={css.which}>
          <Segmented
            options={[
              { value: 'all', label: 'All', count: run.events.length },
              { value: 'calls', label: 'Calls', count: run.events.length - logs },
              { value: 'logs', label: 'Logs', count: logs },
            ]}
            value={which}
            onChange={setWhich}
            label="What is shown"
          />
        </div>
      ) : null}
      <ol className={css.events} aria-label="Events" data-testid="run-events">
        {wanted.slice(0, shown).map(({ event, at }) => (
          <Event
            key={at}
            event={event}
            begin={run.startTime}
            started={started.get(at) ?? []}
            topicHref={to.flow(flow, { step: stepId })}
            href={href}
          />
        ))}
      </ol>
      {wanted.length > shown ? (
        <Button small tone="quiet" onClick={() => setShown(shown + PART)}>
          {format.plural(wanted.length - shown, 'more event')}
        </Button>
      ) : null}
    </>
  )
}

interface EventProps {
  event: RunEvent
  begin: number
  started: readonly Run[]
  topicHref: string
  href: (run: Run) => string
}

const ICONS = { log: ScrollText, state: Database, stream: Radio, emit: Send, trigger: Send } as const

function Event({ event, begin, started, topicHref, href }: EventProps) {
  const [isOpen, setOpen] = useState(false)
  const Icon = ICONS[event.type as keyof typeof ICONS] ?? Other
  const more = useMemo(() => detailsOf(event), [event])
  const { maxTimestamp } = event
  return (
    <li
      className={classes(css.event, event.success === false && css.failed)}
      data-testid="run-event"
      data-type={event.type}
    >
      <span
        className={css.offset}
        title={maxTimestamp ? `until +${format.duration(maxTimestamp - begin)}` : undefined}
      >
        +{format.duration(Math.max(0, event.timestamp - begin))}
      </span>
      <Icon size={14} aria-hidden className={css.icon} />
      <span className={css.words}>
        <What event={event} topicHref={topicHref} started={started} href={href} />
        {event.success === false ? <b className={css.fail}> failed</b> : null}
      </span>
      {more ? (
        <button
          type="button"
          className={css.more}
          aria-expanded={isOpen}
          aria-label={isOpen ? 'Hide the details' : 'Show the details'}
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? '−' : '…'}
        </button>
      ) : null}
      {isOpen && more ? (
        <div className={css.details}>
          <JsonView value={more} label="Details of the event" />
        </div>
      ) : null}
    </li>
  )
}

interface WhatProps {
  event: RunEvent
  topicHref: string
  started: readonly Run[]
  href: (run: Run) => string
}

function What({ event, topicHref, started, href }: WhatProps): ReactNode {
  const data = event.data ?? {}
  if (event.type === 'log')
    return (
      <span className={classes(css.log, css[event.level ?? 'info'])}>
        <span className={css.level}>{event.level}</span> {event.message}
      </span>
    )
  if (event.type === 'state') {
    const [group, key] = [text(data.group ?? data.traceId), text(data.key)]
    return (
      <>
        <code>state.{event.operation}</code>{' '}
        {group ? (
          <Link href={to.state(group, key || undefined)}>{key ? `${group} / ${key}` : group}</Link>
        ) : null}
        <Size data={data} />
      </>
    )
  }
  if (event.type === 'stream') {
    const [group, item] = [text(data.groupId), text(data.id)]
    const said = [event.streamName, group, item].filter(Boolean).join(' / ')
    return (
      <>
        <code>stream.{event.operation}</code>{' '}
        <Link href={to.stream(event.streamName, group || undefined, item || undefined)}>{said}</Link>
        {(event.calls ?? 1) > 1 ? <b> × {event.calls}</b> : null}
        <Size data={data} />
      </>
    )
  }
  if (event.topic !== undefined)
    return (
      <>
        <code>{event.type}</code> <Link href={topicHref}>{event.topic}</Link>
        <Size data={data} />
        {started.slice(0, 4).map((run) => (
          <Link key={run.id} href={href(run)} className={css.child} data-testid="emitted">
            → {run.name}
          </Link>
        ))}
        {started.length > 4 ? <span className={css.faint}> and {started.length - 4} more</span> : null}
        {data.deliveries === 0 ? <span className={css.faint}> nobody hears it</span> : null}
      </>
    )
  const names = ['key', 'step', 'id', 'type'].map((name) => text(data[name])).filter(Boolean)
  return (
    <>
      <code>{[event.type, event.operation].filter(Boolean).join('.')}</code> {names.join(' / ')}
    </>
  )
}

function Size({ data }: { data: Record<string, unknown> }) {
  return typeof data.size === 'number' ? <span className={css.faint}> {format.bytes(data.size)}</span> : null
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

const SHOWN = new Set(['traceId', 'group', 'groupId', 'key', 'id', 'topic', 'size', 'deliveries'])

/** What the line does not say already; null when that is nothing. */
function detailsOf(event: RunEvent): unknown {
  if (event.type === 'log') {
    const fields = event.metadata
    return fields && typeof fields === 'object' && Object.keys(fields).length > 0 ? fields : null
  }
  const rest = Object.entries(event.data ?? {}).filter(([name]) => !SHOWN.has(name))
  const error = event.error === undefined ? [] : [['error', event.error] as const]
  return rest.length || error.length ? Object.fromEntries([...rest, ...error]) : null
}
