/** Pausing a step and resuming it. */
import { type StepQueue, usePost } from '../../data'

export function usePausing(queue: Pick<StepQueue, 'step' | 'paused'>): {
  isBusy: boolean
  toggle: () => void
} {
  const pause = usePost<{ step: string }>('api/queues/pause', { says: `${queue.step} is paused` })
  const resume = usePost<{ step: string }>('api/queues/resume', { says: `${queue.step} goes on` })
  return {
    isBusy: pause.isPending || resume.isPending,
    toggle: () => (queue.paused ? resume : pause).mutate({ step: queue.step }),
  }
}
