/** One delivery: where it stands, what it carries, what went wrong, and what can be done about it. It stays open while the
 *  delivery goes from stage to stage, and says so when it is done. */
import { useQuery } from '@tanstack/react-query'
import { RotateCcw, Trash2 } from 'lucide-react'
import { useRef, useState } from 'react'
import { Link } from 'wouter'
import { to } from '../../app/address'
import { useSourceOf } from '../../app/sources'
import { type Delivery, get, type Page, type StepQueue } from '../../data'
import {
  Ago,
  Button,
  CopyButton,
  Facts,
  format,
  JsonView,
  Moment,
  Notice,
  Panel,
  Section,
  Skeleton,
  Status,
  Until,
} from '../../design'
import css from './queues.module.css'
import { attempts } from './words'
import { useWork } from './work'

interface DeliveryPanelProps {
  id: number
  step: string
  queue: StepQueue | undefined
  onClose: () => void
}

export function DeliveryPanel({ id, step, queue, onClose }: DeliveryPanelProps) {
  const { data: found, isPending } = useDelivery(step, id)
  const last = useRef<Delivery | null>(null)
  if (found) last.current = found
  const shown = found ?? last.current
  const isDone = found === null
  return (
    <Panel
      name="delivery"
      label={`Delivery ${id}`}
      title={`Delivery #${id}`}
      onClose={onClose}
      subtitle={
        shown && (
          <>
            <Status state={isDone ? 'completed' : shown.state}>{isDone ? 'gone' : shown.state}</Status>
            <span>{shown.topic}</span>
          </>
        )
      }
    >
      {isDone ? (
        <Notice title="It stands in no queue any more" testId="delivery-done">
          It was done, or thrown away; what is done is not kept here.{' '}
          <Link href={shown ? to.trace(shown.traceId) : to.traces({ step })}>
            {shown ? 'Its trace' : 'The traces of this step'}
          </Link>{' '}
          say how it went.
        </Notice>
      ) : null}
      {isPending ? <Skeleton rows={5} /> : null}
      {shown ? <About delivery={shown} queue={queue} isDone={isDone} /> : null}
    </Panel>
  )
}

/** null = it is in no queue any more. Asked by way of the lists, for which an answer of none is nothing unusual. */
function useDelivery(step: string, id: number) {
  return useQuery<Delivery | null>({
    queryKey: ['api/deliveries', 'one', step, id],
    queryFn: async ({ signal }) => {
      for (const state of [undefined, 'dead', undefined]) {
        const page = await get<Page<Delivery>>(
          'api/deliveries',
          { step, state, cursor: id - 1, limit: 1 },
          signal,
        )
        if (page.items[0]?.id === id) return page.items[0]
      }
      return null
    },
    refetchInterval: (query) => (query.state.data === null ? false : 1500),
  })
}

function About({
  delivery,
  queue,
  isDone,
}: {
  delivery: Delivery
  queue: StepQueue | undefined
  isDone: boolean
}) {
  const source = useSourceOf(delivery.step)
  const { error } = delivery
  return (
    <>
      {isDone ? null : <Deeds delivery={delivery} />}
      <Facts
        rows={[
          [
            'Step',
            source ? (
              <Link key="step" href={source.href}>
                {delivery.step}
              </Link>
            ) : (
              delivery.step
            ),
          ],
          ['Source', source ? <code key="source">{source.filePath}</code> : null],
          ['Trace', <TraceLink key="trace" id={delivery.traceId} />],
          ['Group', delivery.messageGroupId],
          ['Attempts', attempts(delivery.attempts, queue)],
          ['Emitted', <Ago key="emitted" at={delivery.created} suffix=" ago" />],
          ['Due', delivery.state === 'delayed' ? <Until key="due" at={delivery.due} /> : null],
          [
            'Lease',
            delivery.leaseUntil ? <Until key="lease" at={delivery.leaseUntil} late="has run out" /> : null,
          ],
          ['Given up', delivery.buried ? <Moment key="buried" at={delivery.buried} /> : null],
          ['Why', delivery.reason && delivery.reason !== error?.message ? delivery.reason : null],
          ['Flows', delivery.flows.length > 0 ? delivery.flows.join(', ') : null],
        ]}
      />
      {error ? (
        <Section
          title="Error of the last attempt"
          actions={<CopyButton text={`${error.name}: ${error.message}\n${delivery.stack ?? ''}`} />}
        >
          <p className={css.fault}>
            <strong>{error.name}</strong>: {error.message}
          </p>
          {delivery.stack ? (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: long lines scroll, also by the keyboard
            <pre className={css.stack} tabIndex={0}>
              {delivery.stack}
            </pre>
          ) : null}
          {source ? <Link href={source.href}>Open the source of {delivery.step}</Link> : null}
        </Section>
      ) : null}
      <Data delivery={delivery} isDone={isDone} />
    </>
  )
}

function TraceLink({ id }: { id: string }) {
  return (
    <span className={css.trace}>
      <Link href={to.trace(id)}>{id}</Link>
      <CopyButton text={id} label="Copy the trace id" />
    </span>
  )
}

/** Lists leave out what is large; the whole is asked for when its delivery is looked at. */
function Data({ delivery, isDone }: { delivery: Delivery; isDone: boolean }) {
  const isLeftOut = delivery.data === null && delivery.size > 4
  // It never changes, so it is asked for once: later the delivery may be gone.
  const whole = useQuery({
    queryKey: ['data of a delivery', delivery.id],
    queryFn: ({ signal }) => get<Delivery>(`api/deliveries/${delivery.id}`, {}, signal),
    enabled: isLeftOut && !isDone,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const data = isLeftOut ? whole.data?.data : delivery.data
  return (
    <Section
      title={`Data, ${format.bytes(delivery.size)}`}
      actions={<CopyButton text={() => JSON.stringify(data, null, 2)} label="Copy the data" />}
    >
      {data === undefined ? <Skeleton rows={2} /> : <JsonView value={data} label="Data of the delivery" />}
    </Section>
  )
}

function Deeds({ delivery }: { delivery: Delivery }) {
  const work = useWork()
  const [isBusy, setBusy] = useState(false)
  const during = async (deed: Promise<unknown>) => {
    setBusy(true)
    await deed.finally(() => setBusy(false))
  }
  const { state } = delivery
  if (state === 'running') return null
  return (
    <div className={css.deeds}>
      {state === 'delayed' ? (
        <Button
          small
          icon={RotateCcw}
          busy={isBusy}
          onClick={() => during(work.retry([delivery]))}
          data-testid="retry-one"
        >
          Retry now
        </Button>
      ) : null}
      {state === 'dead' ? (
        <Button
          small
          tone="primary"
          icon={RotateCcw}
          busy={isBusy}
          onClick={() => during(work.redrive([delivery]))}
          data-testid="redrive-one"
        >
          Redrive
        </Button>
      ) : null}
      <Button
        small
        tone="danger"
        icon={Trash2}
        busy={isBusy}
        onClick={() => during(work.discard([delivery]))}
        data-testid="discard-one"
      >
        Discard…
      </Button>
    </div>
  )
}
