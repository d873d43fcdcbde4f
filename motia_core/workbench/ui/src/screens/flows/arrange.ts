/** Where nodes stand when nobody has put them anywhere: what is connected from left to right, what stands alone in rows
 *  below. Pure; runs in a worker (arrange.worker.ts). */
import { graphlib, layout } from '@dagrejs/dagre'

export interface Piece {
  id: string
  width: number
  height: number
}

export interface Joint {
  source: string
  target: string
  /** Letters of the longest row of the label, and how many rows it has: room is left for it. */
  letters: number
  rows: number
}

export type Spots = Record<string, { x: number; y: number }>

const BETWEEN_ROWS = 40
const BETWEEN_RANKS = 20
const BETWEEN_PARTS = 72
/** Above it a part is arranged by ranks alone, which takes no time. */
const MANY = 220

export function arrange(pieces: readonly Piece[], joints: readonly Joint[]): Spots {
  const spots: Spots = {}
  const known = new Map(pieces.map((one) => [one.id, one]))
  const real = joints.filter(
    (one) => known.has(one.source) && known.has(one.target) && one.source !== one.target,
  )
  const { parts, alone } = split(pieces, real)
  let bottom = 0
  let width = 0
  for (const part of parts) {
    const mine = new Set(part.map((one) => one.id))
    const inside = real.filter((one) => mine.has(one.source))
    const box = part.length > MANY ? ranked(part, inside) : layered(part, inside)
    for (const [id, spot] of Object.entries(box.spots)) spots[id] = { x: spot.x, y: spot.y + bottom }
    bottom += box.height + BETWEEN_PARTS
    width = Math.max(width, box.width)
  }
  rows(alone, spots, bottom, Math.max(width, columnsFor(alone)))
  return spots
}

interface Box {
  spots: Spots
  width: number
  height: number
}

function layered(part: readonly Piece[], joints: readonly Joint[]): Box {
  const graph = new graphlib.Graph({ multigraph: true })
  graph.setGraph({ rankdir: 'LR', nodesep: BETWEEN_ROWS, ranksep: BETWEEN_RANKS, edgesep: 24 })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const one of part) graph.setNode(one.id, { width: one.width, height: one.height })
  joints.forEach((one, at) => {
    graph.setEdge(
      one.source,
      one.target,
      { width: one.letters * 6.6 + 40, height: one.rows * 20 + 2, labelpos: 'c' },
      String(at),
    )
  })
  layout(graph)
  const spots: Spots = {}
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const one of part) {
    const { x, y } = graph.node(one.id) as { x: number; y: number }
    spots[one.id] = { x: x - one.width / 2, y: y - one.height / 2 }
    left = Math.min(left, x - one.width / 2)
    top = Math.min(top, y - one.height / 2)
    right = Math.max(right, x + one.width / 2)
    bottom = Math.max(bottom, y + one.height / 2)
  }
  for (const spot of Object.values(spots)) {
    spot.x = Math.round(spot.x - left)
    spot.y = Math.round(spot.y - top)
  }
  return { spots, width: right - left, height: bottom - top }
}

/** Each node one column to the right of the last that leads to it; circles are cut where they close. */
function ranked(part: readonly Piece[], joints: readonly Joint[]): Box {
  const next = new Map<string, string[]>()
  const waits = new Map(part.map((one) => [one.id, 0]))
  for (const { source, target } of joints) {
    next.set(source, [...(next.get(source) ?? []), target])
    waits.set(target, (waits.get(target) ?? 0) + 1)
  }
  const rank = new Map<string, number>()
  const left = new Set(part.map((one) => one.id))
  const ready = part.filter((one) => waits.get(one.id) === 0).map((one) => one.id)
  while (left.size > 0) {
    const id = ready.shift() ?? (left.values().next().value as string)
    if (!left.delete(id)) continue
    const mine = rank.get(id) ?? 0
    rank.set(id, mine)
    for (const target of next.get(id) ?? []) {
      if (!left.has(target)) continue
      rank.set(target, Math.max(rank.get(target) ?? 0, mine + 1))
      const rest = (waits.get(target) ?? 1) - 1
      waits.set(target, rest)
      if (rest === 0) ready.push(target)
    }
  }
  const spots: Spots = {}
  const down = new Map<number, number>()
  let [width, height] = [0, 0]
  const column = Math.max(...part.map((one) => one.width)) + BETWEEN_RANKS * 2 + 150
  for (const one of part) {
    const at = rank.get(one.id) ?? 0
    const y = down.get(at) ?? 0
    spots[one.id] = { x: at * column, y }
    down.set(at, y + one.height + BETWEEN_ROWS)
    width = Math.max(width, at * column + one.width)
    height = Math.max(height, y + one.height)
  }
  return { spots, width, height }
}

/** What is connected, the largest part first; and what stands alone. */
function split(pieces: readonly Piece[], joints: readonly Joint[]): { parts: Piece[][]; alone: Piece[] } {
  const leader = new Map(pieces.map((one) => [one.id, one.id]))
  const find = (id: string): string => {
    let at = id
    for (let up = leader.get(at); up !== undefined && up !== at; up = leader.get(at)) {
      leader.set(at, leader.get(up) ?? up)
      at = up
    }
    return at
  }
  for (const { source, target } of joints) leader.set(find(source), find(target))
  const parts = new Map<string, Piece[]>()
  for (const one of pieces) {
    const id = find(one.id)
    const part = parts.get(id)
    if (part) part.push(one)
    else parts.set(id, [one])
  }
  const all = [...parts.values()]
  return {
    parts: all.filter((part) => part.length > 1).sort((a, b) => b.length - a.length),
    alone: all.filter((part) => part.length === 1).flat(),
  }
}

/** As wide as a page when nothing else says how wide. */
function columnsFor(alone: readonly Piece[]): number {
  const first = alone[0]
  if (!first) return 0
  const columns = Math.max(3, Math.ceil(Math.sqrt(alone.length * 0.7)))
  return columns * (first.width + BETWEEN_ROWS)
}

function rows(alone: readonly Piece[], spots: Spots, top: number, width: number): void {
  let [x, y, tallest] = [0, top, 0]
  for (const one of alone) {
    if (x > 0 && x + one.width > width) {
      x = 0
      y += tallest + BETWEEN_ROWS
      tallest = 0
    }
    spots[one.id] = { x, y }
    x += one.width + BETWEEN_ROWS
    tallest = Math.max(tallest, one.height)
  }
}
