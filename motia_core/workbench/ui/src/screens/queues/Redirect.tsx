/** A dialog that hands what waits for one step to another. */
import { useState } from 'react'
import { to, useGo } from '../../app/address'
import { type StepQueue, usePost } from '../../data'
import { Button, Dialog, Field, format, Select } from '../../design'

interface RedirectProps {
  queue: StepQueue
  items: readonly StepQueue[]
  open: boolean
  onClose: () => void
}

export function Redirect({ queue, items, open, onClose }: RedirectProps) {
  const go = useGo()
  const steps = items
    .filter((one) => one.kind === 'event' && one.step !== queue.step)
    .map((one) => one.step)
    .sort((a, b) => a.localeCompare(b))
  const [chosen, setChosen] = useState('')
  const target = steps.includes(chosen) ? chosen : (steps[0] ?? '')
  const redirect = usePost<{ step: string; to: string }, { redirected: number }>('api/queues/redirect', {
    refreshes: ['api/deliveries', 'api/queues'],
    says: ({ redirected }) => `${format.plural(redirected, 'delivery', 'deliveries')} moved to ${target}`,
    onDone: () => {
      onClose()
      go(to.queue(target))
    },
  })
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={`Move what waits for ${queue.step}`}
      text="All that waits, is delayed or blocked goes to another event step, with all attempts before it. What runs stays, and so do dead letters."
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            tone="primary"
            disabled={target === ''}
            busy={redirect.isPending}
            onClick={() => redirect.mutate({ step: queue.step, to: target })}
            data-testid="redirect-now"
          >
            Move them
          </Button>
        </>
      }
    >
      <Field label="To the step" hint={steps.length === 0 ? 'There is no other event step.' : undefined}>
        {(ids) => <Select {...ids} options={steps} value={target} onChange={setChosen} />}
      </Field>
    </Dialog>
  )
}
