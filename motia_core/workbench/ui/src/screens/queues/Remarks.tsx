/** What is special about a queue, said above it with what can be done: paused, its file broken, its step gone. */
import { Pause } from 'lucide-react'
import { useState } from 'react'
import { to, useGo } from '../../app/address'
import { type StepQueue, usePost } from '../../data'
import { Ago, Button, confirm, format, Notice } from '../../design'
import { usePausing } from './pausing'
import { Redirect } from './Redirect'
import { depthOf } from './words'

export function Remarks({ queue, items }: { queue: StepQueue; items: readonly StepQueue[] }) {
  return (
    <>
      {queue.paused ? <Paused queue={queue} /> : null}
      {queue.state === 'broken' ? <Broken /> : null}
      {queue.state === 'orphaned' ? <Orphaned queue={queue} items={items} /> : null}
    </>
  )
}

function Paused({ queue }: { queue: StepQueue }) {
  const { isBusy, toggle } = usePausing(queue)
  return (
    <Notice
      tone="warn"
      icon={Pause}
      title="Paused"
      testId="paused-note"
      // Of a step that is there the button stands above.
      actions={
        queue.kind === null ? (
          <Button small busy={isBusy} onClick={toggle}>
            Resume
          </Button>
        ) : null
      }
    >
      Since <Ago at={queue.pausedSince} suffix=" ago" />: what runs goes on, the rest waits. It outlives
      restarts.
    </Notice>
  )
}

function Broken() {
  const go = useGo()
  return (
    <Notice
      tone="fail"
      title="Its file has an error, so nothing of this runs"
      actions={
        <Button small onClick={() => go(to.overview())}>
          See the error
        </Button>
      }
    >
      What waits is kept, and runs once the file is mended.
    </Notice>
  )
}

function Orphaned({ queue, items }: { queue: StepQueue; items: readonly StepQueue[] }) {
  const [redirects, setRedirects] = useState(false)
  const discard = useDiscardWaiting(queue)
  const waiting = depthOf(queue)
  return (
    <Notice
      tone="fail"
      title={`No file holds a step called ${queue.step} any more`}
      testId="orphan-note"
      actions={
        waiting > 0 ? (
          <>
            <Button small onClick={() => setRedirects(true)} data-testid="redirect-orphans">
              Redirect…
            </Button>
            <Button small tone="danger" onClick={() => void discard()} data-testid="discard-orphans">
              Discard…
            </Button>
          </>
        ) : null
      }
    >
      {waiting > 0
        ? `${format.plural(waiting, 'delivery waits', 'deliveries wait')} until it comes back, or you decide.`
        : 'Only dead letters are left of it.'}
      <Redirect queue={queue} items={items} open={redirects} onClose={() => setRedirects(false)} />
    </Notice>
  )
}

/** Asks, then throws away all that waits for the step, is delayed or blocked. */
export function useDiscardWaiting(queue: StepQueue): () => Promise<void> {
  const discard = usePost<{ step: string; force: boolean }, { discarded: number }>('api/queues/discard', {
    refreshes: ['api/deliveries', 'api/queues'],
    says: ({ discarded }) => `${format.plural(discarded, 'delivery', 'deliveries')} discarded`,
  })
  const count = format.plural(queue.ready + queue.delayed + queue.blocked, 'delivery', 'deliveries')
  return async () => {
    const isSure = await confirm({
      title: `Discard ${count} of ${queue.step}?`,
      text: 'All that waits, is delayed or blocked is thrown away and never runs. Dead letters and what runs stay. This cannot be undone.',
      action: `Discard ${count}`,
      danger: true,
    })
    if (isSure) discard.mutate({ step: queue.step, force: true })
  }
}
