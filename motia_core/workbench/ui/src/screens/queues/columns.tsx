/** What is shown of each delivery in a list: it differs from stage to stage. */
import { Link } from 'wouter'
import { to } from '../../app/address'
import type { Delivery, DeliveryState, StepQueue } from '../../data'
import { Ago, Checkbox, type Column, format, Until } from '../../design'
import css from './queues.module.css'
import { attempts } from './words'

export function columnsOf(
  state: DeliveryState,
  queue: StepQueue,
  ticked: ReadonlySet<number>,
  tick: (id: number) => void,
): Column<Delivery>[] {
  const chooser: Column<Delivery> = {
    id: 'tick',
    head: '',
    label: 'Chosen',
    width: '3rem',
    cell: (one) => (
      // biome-ignore lint/a11y/noStaticElementInteractions: it only keeps the row from hearing what is meant for the box
      // biome-ignore lint/a11y/useKeyWithClickEvents: the box itself hears the keys
      <span className={css.tick} onClick={(event) => event.stopPropagation()}>
        <Checkbox label={`Choose ${one.id}`} checked={ticked.has(one.id)} onChange={() => tick(one.id)} />
      </span>
    ),
  }
  const tried: Column<Delivery> = {
    id: 'attempts',
    head: 'Attempts',
    width: '6rem',
    align: 'end',
    cell: (one) => attempts(one.attempts, queue),
  }
  const own: Record<DeliveryState, Column<Delivery>[]> = {
    waiting: [DATA, tried, SINCE, TRACE],
    running: [DATA, { ...tried, head: 'Attempt' }, LEASE, SINCE, TRACE],
    delayed: [FAULT, DATA, tried, DUE, TRACE],
    blocked: [DATA, SINCE, TRACE],
    dead: [FAULT, DATA, tried, BURIED, TRACE],
  }
  const rest = queue.fifo ? [ID, GROUP, ...own[state]] : [ID, ...own[state]]
  return [...(state === 'running' ? [] : [chooser]), ...rest]
}

const ID: Column<Delivery> = {
  id: 'id',
  head: 'Delivery',
  width: '6rem',
  cell: (one) => <span className={css.id}>#{one.id}</span>,
}

const GROUP: Column<Delivery> = {
  id: 'group',
  head: 'Group',
  width: 'minmax(5rem, 10rem)',
  cell: (one) => one.messageGroupId ?? <span className={css.zero}>none</span>,
}

const DATA: Column<Delivery> = {
  id: 'data',
  head: 'Data',
  width: 'minmax(8rem, 2fr)',
  cell: (one) =>
    one.data === null && one.size > 4 ? (
      <span className={css.zero}>{format.bytes(one.size)}</span>
    ) : (
      <code className={css.line}>{format.oneLine(one.data)}</code>
    ),
}

const FAULT: Column<Delivery> = {
  id: 'error',
  head: 'Error',
  width: 'minmax(8rem, 2fr)',
  cell: (one) =>
    one.error ? (
      <span className={css.fails} title={`${one.error.name}: ${one.error.message}`}>
        {one.error.message}
      </span>
    ) : (
      <span className={css.zero}>{one.reason ?? 'not tried yet'}</span>
    ),
}

const SINCE: Column<Delivery> = {
  id: 'created',
  head: 'Emitted',
  width: '6rem',
  align: 'end',
  cell: (one) => <Ago at={one.created} suffix=" ago" />,
}

const BURIED: Column<Delivery> = {
  id: 'buried',
  head: 'Given up',
  width: '6rem',
  align: 'end',
  cell: (one) => <Ago at={one.buried} suffix=" ago" />,
}

const DUE: Column<Delivery> = {
  id: 'due',
  head: 'Due',
  width: '8rem',
  align: 'end',
  cell: (one) => <Until at={one.due} />,
}

const LEASE: Column<Delivery> = {
  id: 'lease',
  head: 'Lease ends',
  width: '7rem',
  align: 'end',
  cell: (one) => <Until at={one.leaseUntil} />,
}

const TRACE: Column<Delivery> = {
  id: 'trace',
  head: 'Trace',
  width: '5rem',
  align: 'end',
  cell: (one) => (
    <Link href={to.trace(one.traceId)} onClick={(event) => event.stopPropagation()}>
      trace
    </Link>
  ),
}
