/** Lines that run between the same two steps: a few are drawn beside each other, more as one that names the first. Pure. */
import type { GraphLine } from './graph'

/** So many stand beside each other, and so many are named where there are more. */
export const FEW = 3
/** Between two lines beside each other, and for each row of a label that has several. */
const BETWEEN = 44
const ROW = 28

export interface Bundle {
  id: string
  source: string
  target: string
  /** Alike in whether they are drawn only and whether they are always emitted; mostly it is one. */
  lines: readonly [GraphLine, ...GraphLine[]]
}

/** In the order of their first lines. */
export function bundled(lines: readonly GraphLine[]): Bundle[] {
  const between = new Map<string, number>()
  for (const line of lines) between.set(pairOf(line), (between.get(pairOf(line)) ?? 0) + 1)
  const known = new Map<string, { lines: [GraphLine, ...GraphLine[]] }>()
  return lines.flatMap((line): Bundle[] => {
    const pair = pairOf(line)
    const { id, source, target } = line
    if ((between.get(pair) ?? 0) <= FEW) return [{ id, source, target, lines: [line] }]
    const key = JSON.stringify([pair, line.isVirtual, line.isConditional])
    const mine = known.get(key)
    if (mine) {
      mine.lines.push(line)
      return []
    }
    const first = { id, source, target, lines: [line] as [GraphLine, ...GraphLine[]] }
    known.set(key, first)
    return [first]
  })
}

/** What its label says, row by row. */
export function rowsOf({ lines }: Bundle): string[] {
  const named = lines.length > FEW + 1 ? lines.slice(0, FEW) : lines
  const rest = lines.length - named.length
  return [...named.map((line) => line.label), ...(rest > 0 ? [`+ ${rest} more`] : [])]
}

/** How far from the straight way each is drawn, so that those of a pair do not lie upon each other. */
export function asides(bundles: readonly Bundle[]): number[] {
  const room = bundles.map((one) => Math.max(BETWEEN, rowsOf(one).length * ROW))
  const whole = new Map<string, number>()
  const before = bundles.map((one, at) => {
    const pair = pairOf(one)
    const sum = whole.get(pair) ?? 0
    whole.set(pair, sum + (room[at] ?? 0))
    return sum
  })
  return bundles.map((one, at) => {
    const middle = (before[at] ?? 0) + (room[at] ?? 0) / 2
    return middle - (whole.get(pairOf(one)) ?? 0) / 2
  })
}

function pairOf({ source, target }: { source: string; target: string }): string {
  return JSON.stringify([source, target])
}
