/** Failed traces that failed the same way, as one. Pure. */
import type { Delivery, Trace } from '../../data'

export interface FailureGroup {
  key: string
  /** The newest of them. */
  trace: Trace
  /** Its error in one line. */
  error: string
  /** When the newest failed. */
  at: number
  count: number
  /** The step that gave up, where its dead letter says so; else where the trace began. */
  step: string
  /** Whether `step` is known to be the one that failed. */
  isSure: boolean
  /** Dead letters that came of them, to be redriven. */
  dead: number[]
}

/** `traces` newest first, `dead` the dead letters there are. */
export function grouped(traces: readonly Trace[], dead: readonly Delivery[]): FailureGroup[] {
  const letters = new Map<string, Delivery[]>()
  for (const one of dead) {
    const before = letters.get(one.traceId)
    if (before) before.push(one)
    else letters.set(one.traceId, [one])
  }
  const groups = new Map<string, FailureGroup>()
  for (const trace of traces) {
    const error = errorLine(trace)
    const found = letters.get(trace.id) ?? []
    const key = `${trace.name}\n${alike(error)}`
    const group = groups.get(key)
    if (group) {
      group.count += 1
      group.dead.push(...found.map((one) => one.id))
      continue
    }
    const last = found.at(-1)
    groups.set(key, {
      key,
      trace,
      error,
      at: trace.endTime ?? trace.startTime,
      count: 1,
      step: last?.step ?? trace.name,
      isSure: last !== undefined || trace.metadata.totalSteps === 1,
      dead: found.map((one) => one.id),
    })
  }
  return [...groups.values()]
}

/** What a trace failed of, in one line. */
export function errorLine(trace: Trace): string {
  const said = typeof trace.error === 'string' ? trace.error : (trace.error?.message ?? '')
  return said.split('\n', 1)[0]?.trim() || 'It failed without a word'
}

/** The same failure of another order is the same failure: numbers and ids do not count. */
export function alike(error: string): string {
  return error
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/gi, '#')
    .replaceAll(/\b(?=[a-z-]*\d)[\w-]*\d[\w-]*\b/gi, '#')
    .slice(0, 300)
}
