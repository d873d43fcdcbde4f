/** The queue of one step: its settings and figures, what is wrong with it, and its deliveries stage by stage. */
import { ArrowLeft, MoreHorizontal, Pause, Play } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'wouter'
import { to, useGo, useParam } from '../../app/address'
import { useSourceOf } from '../../app/sources'
import type { StepQueue } from '../../data'
import {
  Badge,
  Button,
  Empty,
  ErrorNote,
  format,
  IconButton,
  KindTag,
  Menu,
  Screen,
  Skeleton,
  Tabs,
} from '../../design'
import { Deliveries } from './Deliveries'
import { DeliveryPanel } from './DeliveryPanel'
import { Figures } from './Figures'
import { usePausing } from './pausing'
import type { Known } from './QueueList'
import css from './queues.module.css'
import { Redirect } from './Redirect'
import { Remarks, useDiscardWaiting } from './Remarks'
import { countOf, STAGES } from './words'

export function StepPage({ step, items, isLoading, error }: Known & { step: string }) {
  const queue = items.find((one) => one.step === step)
  const [open, setOpen] = useParam('open')
  return (
    <Screen
      title="Queues"
      testId="queue"
      about={<Title step={step} queue={queue} />}
      actions={queue ? <Actions queue={queue} items={items} /> : null}
      panel={
        open ? (
          <DeliveryPanel key={open} id={Number(open)} step={step} queue={queue} onClose={() => setOpen('')} />
        ) : null
      }
    >
      {error ? (
        <ErrorNote error={error} />
      ) : isLoading ? (
        <Skeleton />
      ) : queue ? (
        <Content queue={queue} items={items} />
      ) : (
        <Empty title={`Nothing waits for ${step}`} action={<BackToAll />}>
          No event or cron step is called so, and no delivery is left for one.
        </Empty>
      )}
    </Screen>
  )
}

function Title({ step, queue }: { step: string; queue: StepQueue | undefined }) {
  return (
    <>
      <span aria-hidden>/</span>
      <h2 className={css.title}>{step}</h2>
      {queue?.kind ? <KindTag kind={queue.kind} /> : null}
      {queue?.fifo ? <Badge>FIFO</Badge> : null}
      {queue?.paused ? <Badge tone="warn">paused</Badge> : null}
    </>
  )
}

function BackToAll() {
  return (
    <Link href={to.queue()} className={css.back}>
      <ArrowLeft size={14} aria-hidden /> All queues
    </Link>
  )
}

function Actions({ queue, items }: { queue: StepQueue; items: readonly StepQueue[] }) {
  const go = useGo()
  const source = useSourceOf(queue.step)
  const { isBusy, toggle } = usePausing(queue)
  const discard = useDiscardWaiting(queue)
  const [redirects, setRedirects] = useState(false)
  const waiting = queue.ready + queue.delayed + queue.blocked
  return (
    <>
      <BackToAll />
      {queue.kind === null ? null : (
        <Button icon={queue.paused ? Play : Pause} busy={isBusy} onClick={toggle} data-testid="pause">
          {queue.paused ? 'Resume' : 'Pause'}
        </Button>
      )}
      <Menu
        items={[
          { label: 'Its traces', onSelect: () => go(to.traces({ step: queue.step })) },
          { label: 'Its logs', onSelect: () => go(to.logs({ step: queue.step })) },
          ...(source ? [{ label: 'Its source', onSelect: () => go(source.href) }] : []),
          null,
          {
            label: `Move ${format.count(waiting)} waiting to another step…`,
            onSelect: () => setRedirects(true),
            disabled: waiting === 0,
            testId: 'redirect',
          },
          {
            label: `Discard ${format.count(waiting)} waiting…`,
            onSelect: () => void discard(),
            danger: true,
            disabled: waiting === 0,
            testId: 'discard-waiting',
          },
        ]}
      >
        <IconButton icon={MoreHorizontal} label="More" tone="plain" data-testid="more" />
      </Menu>
      <Redirect queue={queue} items={items} open={redirects} onClose={() => setRedirects(false)} />
    </>
  )
}

function Content({ queue, items }: { queue: StepQueue; items: readonly StepQueue[] }) {
  const [state, setState] = useParam('state', 'waiting')
  const [, setOpen] = useParam('open')
  return (
    <div className={css.body}>
      <Remarks queue={queue} items={items} />
      <Figures queue={queue} />
      <Tabs
        label={`Deliveries of ${queue.step}`}
        value={state}
        onChange={(next) => {
          setState(next, { push: true })
          setOpen('')
        }}
        tabs={STAGES.map((stage) => ({
          id: stage.id,
          testId: `stage-${stage.id}`,
          label: (
            <>
              {stage.label} <span className={css.tabCount}>{format.count(countOf(queue, stage.id))}</span>
            </>
          ),
          content: <Deliveries key={stage.id} queue={queue} stage={stage} />,
        }))}
      />
    </div>
  )
}
