/** Queues: what waits for each step, what runs, what was given up. All steps in a table; each step on a page of its own. */
import { useSegment } from '../../app/address'
import { type StepQueue, useGroup } from '../../data'
import { QueueList } from './QueueList'
import { StepPage } from './StepPage'

export default function Queues() {
  const step = useSegment()
  const { items, isLoading, error } = useGroup<StepQueue>('__motia.queues')
  const known = { items, isLoading, error }
  return step ? <StepPage key={step} step={step} {...known} /> : <QueueList {...known} />
}
