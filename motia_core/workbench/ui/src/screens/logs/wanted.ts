/** Which lines are wanted: the filters as the address has them, as the server is asked, and as a live line is judged. Pure. */
import type { LogLevel, LogLine, Params } from '../../data'
import { hasWords, wordsOf } from './words.ts'

export interface Wanted {
  q: string
  level: string
  step: string
  trace: string
  /** `15m` (so long before now), a moment in ms, or empty. */
  since: string
  until: string
}

export const EVERYTHING: Wanted = { q: '', level: '', step: '', trace: '', since: '', until: '' }
export const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']

const UNITS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** A moment in ms, or null for none and for what is no time. */
export function momentOf(text: string, now: number): number | null {
  const span = /^(\d{1,6})([smhd])$/.exec(text)
  if (span) return now - Number(span[1]) * (UNITS[span[2] ?? ''] ?? 0)
  return /^\d{1,15}$/.test(text) ? Number(text) : null
}

/** For `api/logs`. A text of signs only has no words: it cannot be asked for, and `isAskable` says so. */
export function paramsOf(wanted: Wanted, now: number): Params {
  return {
    q: wanted.q,
    level: wanted.level === 'debug' ? '' : wanted.level,
    step: wanted.step,
    trace: wanted.trace,
    since: momentOf(wanted.since, now),
    until: momentOf(wanted.until, now),
  }
}

export function isAskable(wanted: Wanted): boolean {
  return wanted.q.trim() === '' || wordsOf(wanted.q).length > 0
}

/** Whether a line that has just come is one of them, as the server would say. */
export function judge(wanted: Wanted, now: number): (line: LogLine) => boolean {
  const lowest = LEVELS.indexOf(wanted.level as LogLevel)
  const since = momentOf(wanted.since, now)
  const until = momentOf(wanted.until, now)
  const words = wordsOf(wanted.q).map(({ word }) => word)
  return (line) =>
    LEVELS.indexOf(line.level) >= lowest &&
    (wanted.step === '' || line.step === wanted.step) &&
    (wanted.trace === '' || line.traceId === wanted.trace) &&
    (since === null || line.time >= since) &&
    (until === null || line.time <= until) &&
    (words.length === 0 || hasWords(searchedOf(line), words))
}

const OWN = new Set(['id', 'level', 'time', 'msg', 'traceId', 'step', 'flows', 'source', 'invocation'])

/** What the step gave beside the message; null for nothing. */
export function fieldsOf(line: LogLine): Record<string, unknown> | null {
  let found: Record<string, unknown> | null = null
  for (const key in line) {
    if (OWN.has(key)) continue
    found ??= {}
    found[key] = line[key]
  }
  return found
}

/** The server looks through this much of a line. */
function searchedOf(line: LogLine): string {
  return `${line.msg} ${JSON.stringify(fieldsOf(line) ?? {})}`.slice(0, 2000)
}
