/** The runs of a trace as a tree: who started whom, attempts of one delivery beside each other, and the chain that ended
 *  last. Pure. */
import type { Run, RunStatus } from '../../data'

export interface Row {
  run: Run
  depth: number
  /** Rows below it, shown or not. */
  below: number
  isFolded: boolean
  /** All attempts of this delivery that are known. */
  attempts: number
  /** Failed, and a later attempt followed. */
  isMadeGood: boolean
  /** When the attempt before it ended: from then until it was due it waited for its next try. */
  after: number | null
  isOnPath: boolean
}

export interface Tree {
  rows: Row[]
  /** ms since the epoch: of the first thing that waited or ran. */
  from: number
  /** Of the last end; of traces that run, of what is known. */
  to: number
  status: RunStatus
  first: Run | null
  failed: number
  running: number
  languages: string[]
  path: Path
}

/** The chain of runs that ended last: what would have to be quicker for the whole to be quicker. */
export interface Path {
  runs: Run[]
  ran: number
  waited: number
  /** Between attempts. */
  delayed: number
}

/** When it was due, which is when it began to wait. */
export const dueOf = (run: Run): number => run.startTime - Math.max(0, run.wait)
export const endOf = (run: Run, now: number): number => run.endTime ?? Math.max(now, run.startTime)

/** `now` ends what still runs. */
export function treeOf(runs: readonly Run[], folded: ReadonlySet<string>, now: number): Tree {
  const byId = new Map(runs.map((run) => [run.id, run]))
  const children = new Map<string | null, Run[]>()
  const deliveries = new Map<number, Run[]>()
  for (const run of [...runs].sort((a, b) => a.startTime - b.startTime || a.attempt - b.attempt)) {
    const parent = run.parentId !== undefined && byId.has(run.parentId) ? run.parentId : null
    put(children, parent, run)
    if (run.delivery !== undefined) put(deliveries, run.delivery, run)
  }
  const path = pathOf(runs, byId, deliveries, now)
  const onPath = new Set(path.runs.map((run) => run.id))
  const below = countsOf(children)
  const rows: Row[] = []
  const todo = siblings(children.get(null) ?? [], 0).reverse()
  while (todo.length > 0) {
    const { run, depth } = todo.pop() as { run: Run; depth: number }
    const tries = run.delivery === undefined ? [run] : (deliveries.get(run.delivery) ?? [run])
    const at = tries.indexOf(run)
    const isFolded = folded.has(run.id)
    rows.push({
      run,
      depth,
      below: below.get(run.id) ?? 0,
      isFolded,
      attempts: tries.length,
      isMadeGood: run.status === 'failed' && at < tries.length - 1,
      after: at > 0 ? (tries[at - 1]?.endTime ?? null) : null,
      isOnPath: onPath.has(run.id),
    })
    if (!isFolded) todo.push(...siblings(children.get(run.id) ?? [], depth + 1).reverse())
  }
  return { rows, path, ...extent(runs, now), ...summary(runs, deliveries) }
}

function put<K>(map: Map<K, Run[]>, key: K, run: Run): void {
  const known = map.get(key)
  if (known) known.push(run)
  else map.set(key, [run])
}

/** In the order they began; attempts of one delivery follow one another, whatever began in between. */
function siblings(runs: readonly Run[], depth: number): { run: Run; depth: number }[] {
  const groups = new Map<number | string, Run[]>()
  for (const run of runs) {
    const key = run.delivery ?? run.id
    const known = groups.get(key)
    if (known) known.push(run)
    else groups.set(key, [run])
  }
  return [...groups.values()].flat().map((run) => ({ run, depth }))
}

function countsOf(children: Map<string | null, Run[]>): Map<string, number> {
  const order: Run[] = []
  const todo = [...(children.get(null) ?? [])]
  while (todo.length > 0) {
    const run = todo.pop() as Run
    order.push(run)
    todo.push(...(children.get(run.id) ?? []))
  }
  const counts = new Map<string, number>()
  for (const run of order.reverse()) {
    let count = 0
    for (const child of children.get(run.id) ?? []) count += 1 + (counts.get(child.id) ?? 0)
    counts.set(run.id, count)
  }
  return counts
}

function extent(runs: readonly Run[], now: number): { from: number; to: number } {
  let [from, to] = [Number.POSITIVE_INFINITY, 0]
  for (const run of runs) {
    from = Math.min(from, dueOf(run))
    to = Math.max(to, endOf(run, now))
  }
  return Number.isFinite(from) ? { from, to: Math.max(to, from + 1) } : { from: 0, to: 1 }
}

/** As the server counts: of a delivery's attempts the last one. */
function summary(runs: readonly Run[], deliveries: Map<number, Run[]>) {
  const last = runs.filter(
    (run) => run.delivery === undefined || deliveries.get(run.delivery)?.at(-1) === run,
  )
  const failed = last.filter((run) => run.status === 'failed').length
  const running = runs.filter((run) => run.status === 'running').length
  const status: RunStatus = failed > 0 ? 'failed' : running > 0 ? 'running' : 'completed'
  const languages = [...new Set(runs.flatMap((run) => run.language ?? []))]
  const first = runs.find((run) => run.parentId === undefined) ?? runs[0] ?? null
  return { status, first, failed, running, languages }
}

function pathOf(
  runs: readonly Run[],
  byId: Map<string, Run>,
  deliveries: Map<number, Run[]>,
  now: number,
): Path {
  const path: Path = { runs: [], ran: 0, waited: 0, delayed: 0 }
  let run: Run | undefined
  for (const one of runs) if (run === undefined || endOf(one, now) > endOf(run, now)) run = one
  const seen = new Set<string>()
  while (run !== undefined && !seen.has(run.id)) {
    seen.add(run.id)
    path.runs.unshift(run)
    path.ran += endOf(run, now) - run.startTime
    path.waited += run.wait
    const tries: Run[] = run.delivery === undefined ? [] : (deliveries.get(run.delivery) ?? [])
    const before: Run | undefined = tries[tries.indexOf(run) - 1]
    if (before?.endTime !== undefined) path.delayed += Math.max(0, dueOf(run) - before.endTime)
    run = before ?? (run.parentId === undefined ? undefined : byId.get(run.parentId))
  }
  return path
}

/** Runs that an emit of `parent` started, by the place of the event among its events. Deliveries are numbered as they are
 *  stored, so of the same topic they come in the order of the emits. */
export function startedBy(parent: Run, runs: readonly Run[]): Map<number, Run[]> {
  const byTopic = new Map<string, Map<number, Run>>()
  for (const run of runs) {
    if (run.parentId !== parent.id || run.topic === undefined || run.delivery === undefined) continue
    const known = byTopic.get(run.topic) ?? new Map<number, Run>()
    byTopic.set(run.topic, known)
    const before = known.get(run.delivery)
    if (!before || before.attempt < run.attempt) known.set(run.delivery, run)
  }
  const waiting = new Map(
    [...byTopic].map(([topic, found]) => [topic, [...found].sort(([a], [b]) => a - b).map(([, run]) => run)]),
  )
  const taken = new Map<number, Run[]>()
  parent.events.forEach((event, at) => {
    const count = event.data?.deliveries
    if (event.topic === undefined || typeof count !== 'number') return
    const runs = waiting.get(event.topic)?.splice(0, count)
    if (runs?.length) taken.set(at, runs)
  })
  return taken
}
