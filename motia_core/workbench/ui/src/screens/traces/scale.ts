/** The part of a trace's time that is seen: zoom, pan, the marks of the axis, and how much ran at once. Pure. */
import type { Run } from '../../data'
import { endOf } from './tree.ts'

/** Shares of the whole, from 0 to 1. */
export interface View {
  from: number
  to: number
}

export const WHOLE: View = { from: 0, to: 1 }
const LEAST = 1 / 50_000

/** `factor` above 1 shows less; the moment at share `at` of the whole stays where it is. */
export function zoomed(view: View, factor: number, at: number = (view.from + view.to) / 2): View {
  const width = Math.min(1, Math.max(LEAST, (view.to - view.from) / factor))
  const share = (at - view.from) / (view.to - view.from || 1)
  return kept(at - width * share, width)
}

/** `by` is a share of what is seen. */
export function panned(view: View, by: number): View {
  const width = view.to - view.from
  return kept(view.from + width * by, width)
}

/** As much as before, with this moment in the middle. */
export function centred(view: View, at: number): View {
  const width = view.to - view.from
  return kept(at - width / 2, width)
}

function kept(from: number, width: number): View {
  const begin = Math.min(1 - width, Math.max(0, from))
  return width >= 1 ? WHOLE : { from: begin, to: begin + width }
}

export const isWhole = (view: View): boolean => view.to - view.from >= 1

/** Where a moment stands in what is seen, in percent; far outside is as good as outside. */
export function placeOf(moment: number, from: number, to: number, view: View): number {
  const share = (moment - from) / (to - from || 1)
  const place = ((share - view.from) / (view.to - view.from)) * 100
  return Math.min(120, Math.max(-20, place))
}

export interface Tick {
  /** ms since the begin of the trace. */
  at: number
  /** Percent of what is seen. */
  place: number
}

/** Marks at round numbers, about `most` of them. */
export function ticks(length: number, view: View, most: number): Tick[] {
  const seen = length * (view.to - view.from)
  const rough = seen / Math.max(1, most)
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 5, 10].find((one) => one * power >= rough) ?? 10)
  const begin = length * view.from
  const found: Tick[] = []
  for (let at = Math.ceil(begin / step) * step; at <= begin + seen + step * 1e-6; at += step)
    found.push({ at, place: ((at - begin) / seen) * 100 })
  return found
}

/** How many ran in each of `count` slices of the whole. */
export function busy(runs: readonly Run[], from: number, to: number, now: number, count: number): number[] {
  const changes = new Array<number>(count + 1).fill(0)
  const slice = (moment: number) =>
    Math.min(count - 1, Math.max(0, Math.floor(((moment - from) / (to - from || 1)) * count)))
  for (const run of runs) {
    const [begin, end] = [slice(run.startTime), slice(endOf(run, now))]
    changes[begin] = (changes[begin] ?? 0) + 1
    changes[end + 1] = (changes[end + 1] ?? 0) - 1
  }
  let running = 0
  return changes.slice(0, count).map((change) => {
    running += change
    return running
  })
}
