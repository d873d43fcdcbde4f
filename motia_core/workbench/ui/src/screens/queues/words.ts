/** What a delivery can be at, in the order it goes through them, and what that means. Pure. */
import type { DeliveryState, StepQueue } from '../../data'

export interface Stage {
  id: DeliveryState
  label: string
  /** What is so about these deliveries, said where they are listed. */
  meaning: string
  /** Said when there are none. */
  none: string
}

export const STAGES: readonly Stage[] = [
  {
    id: 'waiting',
    label: 'Waiting',
    meaning: 'Due now: the next free worker takes the oldest.',
    none: 'Whatever is emitted to a topic of this step waits here until a worker is free.',
  },
  {
    id: 'running',
    label: 'Running',
    meaning:
      'A worker has them. The lease is renewed while it lives; when it runs out, another attempt is made.',
    none: 'What a worker has taken stands here until the handler is done.',
  },
  {
    id: 'delayed',
    label: 'Delayed',
    meaning: 'Not due yet: emitted with a delay, or failed and waiting for the next attempt.',
    none: 'What was emitted with a delay waits here, and what has failed and will be tried again.',
  },
  {
    id: 'blocked',
    label: 'Blocked',
    meaning:
      'In a FIFO queue the deliveries of one group run strictly one after the other. These wait until the one before them in their group is done, its retries included.',
    none: 'Only FIFO queues have these: deliveries whose group has another one before them.',
  },
  {
    id: 'dead',
    label: 'Dead',
    meaning: 'Given up after the last attempt, and kept until you decide: redrive them, or discard them.',
    none: 'What still fails after the last retry is kept here, with its data and its error.',
  },
]

/** What is so about the deliveries of a stage, as things stand with their step. */
export function meaningOf(stage: Stage, queue: StepQueue): string {
  if (stage.id !== 'waiting') return stage.meaning
  if (queue.state === 'orphaned') return 'Due, but nobody takes them: there is no such step any more.'
  if (queue.state === 'broken') return 'Due, but nobody takes them until the file of the step is mended.'
  return queue.paused ? 'Due, but held: the step is paused.' : stage.meaning
}

export function countOf(queue: StepQueue, state: DeliveryState): number {
  return state === 'waiting' ? queue.ready : queue[state]
}

/** All that has not been given up. */
export function depthOf(queue: StepQueue): number {
  return queue.ready + queue.delayed + queue.running + queue.blocked
}

/** Where one wants to look first: what has gone wrong, else where something stands. */
export function stageToShow(queue: StepQueue): DeliveryState {
  if (queue.dead > 0) return 'dead'
  return STAGES.find((stage) => countOf(queue, stage.id) > 0)?.id ?? 'waiting'
}

/** `2 of 4`: attempts made, and how many there may be. */
export function attempts(made: number, queue: StepQueue | undefined): string {
  return queue?.maxRetries === undefined ? String(made) : `${made} of ${queue.maxRetries + 1}`
}
