/** Is it well? What there is to say of it, the gravest first. Pure. */
import type { Overview, Pool } from '../../data'
import { age, plural } from '../../design/format.ts'

export interface Reason {
  tone: 'fail' | 'warn'
  /** A sentence without its full stop. */
  says: string
  /** Where it leads to. */
  href?: string
}

export interface Places {
  problems: string
  queues: string
  workers: string
  failures: string
}

const OLD = 60_000
const STATES: Record<string, string> = {
  failing: 'The store does not answer: nothing can be kept',
  draining: 'The server is ending: it takes no new work',
}

/** Nothing = all is well. `isOffline`: what is shown is what was last heard. */
export function reasons(
  seen: Overview,
  pools: readonly Pool[],
  isOffline: boolean,
  now: number,
  places: Places,
): Reason[] {
  const found: Reason[] = []
  const add = (tone: Reason['tone'], says: string, href?: string) => found.push({ tone, says, href })
  if (isOffline) add('fail', 'The server does not answer: this is what was last heard of it')
  const state = STATES[seen.health.status]
  if (state) add('fail', state)
  for (const pool of pools) {
    if (pool.state === 'missing') add('fail', `${pool.name} cannot run here`, places.workers)
    if (pool.state === 'crash-looping') add('fail', `Workers of ${pool.name} do not start`, places.workers)
  }
  const broken = new Set(seen.problems.filter((one) => one.severity === 'error').map((one) => one.filePath))
  if (broken.size > 0) add('fail', `${plural(broken.size, 'file is', 'files are')} broken`, places.problems)
  if (seen.dead > 0)
    add(
      'fail',
      plural(seen.dead, 'delivery ended as a dead letter', 'deliveries ended as dead letters'),
      places.queues,
    )
  const failures = Math.round((seen.rates.failuresPerMinute * seen.rates.seconds) / 60)
  if (failures > 0)
    add(
      'warn',
      `${plural(failures, 'run')} failed within the last ${span(seen.rates.seconds)}`,
      places.failures,
    )
  if (seen.oldest !== null && now - seen.oldest > OLD)
    add('warn', `A delivery has been waiting for ${age(now - seen.oldest)}`, places.queues)
  const { spans, logs } = seen.dropped
  if (spans + logs > 0)
    add('warn', `${plural(spans + logs, 'entry', 'entries')} of the history could not be kept`)
  return found
}

/** What the screen says first. */
export function headline(found: readonly Reason[]): string {
  const [first] = found
  if (!first) return 'All is well'
  return found.length === 1 ? first.says : `${NUMBERS[found.length] ?? found.length} things need a look`
}

const NUMBERS: Record<number, string> = { 2: 'Two', 3: 'Three', 4: 'Four', 5: 'Five', 6: 'Six' }

function span(seconds: number): string {
  return seconds >= 55 ? 'minute' : plural(Math.max(1, Math.round(seconds)), 'second')
}
