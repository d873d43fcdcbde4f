/** The curve of a line between two nodes, and the middle of it, where its label stands. Pure. */
import type { Side } from './graph'

export interface Ends {
  sourceX: number
  sourceY: number
  targetX: number
  targetY: number
  sourceSide: Side
  targetSide: Side
}

export interface Curve {
  path: string
  x: number
  y: number
}

/** How far a line to its own step rises above it, and reaches out beside it. */
const RISE = 140
const REACH = 110
/** How far below two steps a line runs that leads back from the one to the other, and how wide its turns are. */
const BELOW = 112
const TURN = 76
/** Steps so far apart in height have a way between them. */
const APART = 260

/** `aside` moves the middle, so that several lines between the same two do not lie upon each other. */
export function curve(ends: Ends, isLoop: boolean, aside = 0): Curve {
  const { sourceX, sourceY, targetX, targetY } = ends
  if (isLoop) {
    const top = Math.min(sourceY, targetY) - RISE - aside
    return {
      path: `M${sourceX},${sourceY} C${sourceX + REACH},${top} ${targetX - REACH},${top} ${targetX},${targetY}`,
      x: (sourceX + targetX) / 2,
      y: (sourceY + targetY + 6 * top) / 8,
    }
  }
  if (targetX < sourceX && ends.sourceSide === 'right' && ends.targetSide === 'left') return back(ends, aside)
  const pull = strength(ends)
  const [ax, ay] = out(sourceX, sourceY, ends.sourceSide, pull, aside)
  const [bx, by] = out(targetX, targetY, ends.targetSide, pull, aside)
  return {
    path: `M${sourceX},${sourceY} C${ax},${ay} ${bx},${by} ${targetX},${targetY}`,
    x: (sourceX + 3 * ax + 3 * bx + targetX) / 8,
    y: (sourceY + 3 * ay + 3 * by + targetY) / 8,
  }
}

/** Below both, or between them: straight on it would lie behind the steps, and upon the line that leads forward. */
function back({ sourceX, sourceY, targetX, targetY }: Ends, aside: number): Curve {
  const isBetween = Math.abs(targetY - sourceY) > APART
  const y = (isBetween ? (sourceY + targetY) / 2 : Math.max(sourceY, targetY) + BELOW) + aside
  const [right, left] = [sourceX + TURN, targetX - TURN]
  return {
    path: `M${sourceX},${sourceY} C${right},${sourceY} ${right},${y} ${sourceX},${y} L${targetX},${y} C${left},${y} ${left},${targetY} ${targetX},${targetY}`,
    x: (sourceX + targetX) / 2,
    y,
  }
}

function strength({ sourceX, sourceY, targetX, targetY }: Ends): number {
  const [dx, dy] = [targetX - sourceX, targetY - sourceY]
  // Backwards lines swing out further, or they would hide behind their own nodes.
  if (dx < 0) return Math.min(320, 80 + Math.abs(dx) * 0.35 + Math.abs(dy) * 0.1)
  return Math.max(40, Math.min(220, Math.hypot(dx, dy) * 0.42))
}

function out(x: number, y: number, side: Side, pull: number, aside: number): [number, number] {
  if (side === 'right') return [x + pull, y + aside]
  if (side === 'left') return [x - pull, y + aside]
  if (side === 'bottom') return [x + aside, y + pull]
  return [x + aside, y - pull]
}
