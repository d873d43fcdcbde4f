/** A graph in the shapes that React Flow draws. What has not changed stays the same object, so that it is not drawn anew. */
import { Position } from '@xyflow/react'
import { asides, bundled } from './bundles'
import type { Graph, GraphNode, Place } from './graph'
import type { TopicLine } from './Line'
import type { StepBox } from './StepNode'

/** Nodes for React Flow. One that is being dragged stays in the hand. */
export function drawn(
  graph: Graph,
  all: Record<string, Place>,
  selected: string,
  found: readonly GraphNode[] | null,
  before: StepBox[],
): StepBox[] {
  const known = new Map(before.map((box) => [box.id, box]))
  const hits = found && new Set(found.map((node) => node.id))
  return graph.nodes.flatMap((node): StepBox[] => {
    const place = all[node.id]
    if (!place) return []
    const old = known.get(node.id)
    const look = hits ? (hits.has(node.id) ? 'found' : 'quiet') : 'plain'
    const { data } = old ?? {}
    const isSame =
      data?.node === node &&
      data.look === look &&
      data.place.source === place.source &&
      data.place.target === place.target
    const position = old?.dragging ? old.position : { x: place.x, y: place.y }
    if (
      old &&
      isSame &&
      old.selected === (node.id === selected) &&
      old.position.x === position.x &&
      old.position.y === position.y
    )
      return [old]
    const isCustom = node.step.nodeComponentPath !== undefined
    return [
      {
        ...old,
        id: node.id,
        type: 'step',
        position,
        selected: node.id === selected,
        data: isSame && data ? data : { node, place: { source: place.source, target: place.target }, look },
        ...(isCustom
          ? { initialWidth: node.width, initialHeight: node.height }
          : { width: node.width, height: node.height }),
        // So that lines can be drawn to nodes that are out of sight.
        handles: [
          { type: 'target', ...end(node, place.target), width: 1, height: 1 },
          { type: 'source', ...end(node, place.source), width: 1, height: 1 },
        ],
      },
    ]
  })
}

function end(
  node: GraphNode,
  side: 'left' | 'top' | 'right' | 'bottom',
): { position: Position; x: number; y: number } {
  if (side === 'left') return { position: Position.Left, x: 0, y: node.height / 2 }
  if (side === 'top') return { position: Position.Top, x: node.width / 2, y: 0 }
  if (side === 'right') return { position: Position.Right, x: node.width, y: node.height / 2 }
  return { position: Position.Bottom, x: node.width / 2, y: node.height }
}

export function joined(graph: Graph, found: readonly GraphNode[] | null): TopicLine[] {
  const hits = found && new Set(found.map((node) => node.id))
  const bundles = bundled(graph.lines)
  const aside = asides(bundles)
  return bundles.map((bundle, at) => {
    const { id, source, target } = bundle
    const isQuiet = hits !== null && !hits.has(source) && !hits.has(target)
    return { id, source, target, type: 'topic', data: { bundle, aside: aside[at] ?? 0, isQuiet } }
  })
}
