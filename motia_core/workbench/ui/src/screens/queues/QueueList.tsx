/** Every step that takes deliveries, and every name of which some are left: how many stand where, since when, how fast. */
import { ListOrdered, Pause, Play } from 'lucide-react'
import { useMemo } from 'react'
import { to, useGo, useParam } from '../../app/address'
import type { StepQueue } from '../../data'
import {
  Ago,
  Badge,
  type Column,
  CountBadge,
  classes,
  Empty,
  ErrorNote,
  format,
  IconButton,
  KindTag,
  Screen,
  SearchField,
  Segmented,
  Skeleton,
  Table,
} from '../../design'
import { usePausing } from './pausing'
import css from './queues.module.css'
import { depthOf, stageToShow } from './words'

export interface Known {
  items: readonly StepQueue[]
  isLoading: boolean
  error: { message: string } | null
}

const SHOWN = {
  all: () => true,
  busy: (one: StepQueue) => depthOf(one) > 0,
  dead: (one: StepQueue) => one.dead > 0,
  paused: (one: StepQueue) => one.paused,
  left: (one: StepQueue) => one.state !== 'served',
}
type Shown = keyof typeof SHOWN

const EXAMPLE = `await emit({ topic: 'order.created', data: { id: 7 } })`

export function QueueList({ items, isLoading, error }: Known) {
  const go = useGo()
  const [q, setQ] = useParam('q')
  const [shown, setShown] = useParam('show', 'all')
  const show: Shown = shown in SHOWN ? (shown as Shown) : 'all'
  const found = useMemo(() => {
    const wanted = q.toLowerCase()
    return items.filter(
      (one) =>
        SHOWN[show](one) && `${one.step} ${one.topics?.join(' ') ?? ''}`.toLowerCase().includes(wanted),
    )
  }, [items, q, show])
  const of = (which: Shown) => items.reduce((count, one) => count + (SHOWN[which](one) ? 1 : 0), 0)
  const sums = useMemo(
    () => ({
      depth: items.reduce((sum, one) => sum + depthOf(one), 0),
      dead: items.reduce((sum, one) => sum + one.dead, 0),
    }),
    [items],
  )
  return (
    <Screen
      title="Queues"
      testId="queues"
      about={
        items.length > 0 ? (
          <>
            <span>{format.plural(sums.depth, 'delivery', 'deliveries')} under way</span>
            {sums.dead > 0 ? <Badge tone="fail">{format.count(sums.dead)} dead</Badge> : null}
          </>
        ) : null
      }
      toolbar={
        <>
          <SearchField value={q} onChange={setQ} label="Search steps and topics" />
          <Segmented
            label="Which queues"
            value={show}
            onChange={setShown}
            options={[
              { value: 'all', label: 'All', count: items.length },
              { value: 'busy', label: 'With deliveries', count: of('busy') },
              { value: 'dead', label: 'With dead letters', count: of('dead') },
              { value: 'paused', label: 'Paused', count: of('paused') },
              { value: 'left', label: 'Not served', count: of('left') },
            ]}
          />
        </>
      }
    >
      {error ? (
        <ErrorNote error={error} />
      ) : isLoading ? (
        <Skeleton />
      ) : items.length === 0 ? (
        <Empty icon={ListOrdered} title="No queues yet" code={EXAMPLE}>
          Each event step has a queue. What is emitted to a topic it subscribes to waits there, is tried again
          when it fails, and is kept as a dead letter when it keeps failing.
        </Empty>
      ) : found.length === 0 ? (
        <Empty title="No queue is like this">Another word or another filter may find it.</Empty>
      ) : (
        <Table
          columns={COLUMNS}
          items={found}
          keyOf={(one) => one.id}
          label="Queues"
          height={44}
          sort="step"
          testId="queues-list"
          rowTestId={(one) => `queue-${one.step}`}
          onSelect={(one) => go(to.queue(one.step, { state: stageToShow(one) }))}
        />
      )}
    </Screen>
  )
}

function number(id: string, head: string, of: (one: StepQueue) => number): Column<StepQueue> {
  return {
    id,
    head,
    align: 'end',
    width: 'minmax(4.6rem, 6rem)',
    by: of,
    cell: (one) => <span className={classes(of(one) === 0 && css.zero)}>{format.count(of(one))}</span>,
  }
}

const COLUMNS: Column<StepQueue>[] = [
  {
    id: 'step',
    head: 'Step',
    by: (one) => one.step,
    width: 'minmax(14rem, 1fr)',
    cell: (one) => (
      <span className={css.name}>
        {one.kind ? <KindTag kind={one.kind} /> : null}
        <span className={css.stepName}>{one.step}</span>
        {one.fifo ? <Badge>FIFO</Badge> : null}
        {one.paused ? <Badge tone="warn">paused</Badge> : null}
        {one.state === 'served' ? null : (
          <Badge tone="fail">{one.state === 'broken' ? 'broken' : 'gone'}</Badge>
        )}
      </span>
    ),
  },
  number('ready', 'Waiting', (one) => one.ready),
  number('running', 'Running', (one) => one.running),
  number('delayed', 'Delayed', (one) => one.delayed),
  number('blocked', 'Blocked', (one) => one.blocked),
  {
    id: 'dead',
    head: 'Dead',
    align: 'end',
    width: 'minmax(4rem, 6rem)',
    by: (one) => one.dead,
    cell: (one) =>
      one.dead > 0 ? (
        <CountBadge value={one.dead} label={one.dead === 1 ? 'dead letter' : 'dead letters'} />
      ) : (
        <span className={css.zero}>0</span>
      ),
  },
  {
    id: 'oldest',
    head: 'Oldest',
    align: 'end',
    width: '5.5rem',
    by: (one) => (one.oldest === null ? null : -one.oldest),
    cell: (one) => (one.oldest === null ? <span className={css.zero}>–</span> : <Ago at={one.oldest} />),
  },
  number('rate', 'Per min', (one) => one.perMinute),
  number('retries', 'Retries', (one) => one.retries),
  {
    id: 'p50',
    head: 'p50',
    align: 'end',
    width: '5.5rem',
    by: (one) => one.p50,
    cell: (one) => format.duration(one.p50),
  },
  {
    id: 'p95',
    head: 'p95',
    align: 'end',
    width: '5.5rem',
    by: (one) => one.p95,
    cell: (one) => format.duration(one.p95),
  },
  {
    id: 'pause',
    head: '',
    label: 'Pause or resume',
    width: '3.75rem',
    cell: (one) => <PauseIt queue={one} />,
  },
]

function PauseIt({ queue }: { queue: StepQueue }) {
  const { isBusy, toggle } = usePausing(queue)
  if (queue.kind === null) return null
  return (
    <IconButton
      icon={queue.paused ? Play : Pause}
      label={queue.paused ? `Resume ${queue.step}` : `Pause ${queue.step}`}
      small
      busy={isBusy}
      onClick={(event) => {
        event.stopPropagation()
        toggle()
      }}
    />
  )
}
