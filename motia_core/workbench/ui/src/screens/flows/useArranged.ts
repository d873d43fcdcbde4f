/** Where the nodes of a graph stand by themselves; null until it is known. Worked out in a worker, and again only when
 *  nodes or lines come and go. */
import { useEffect, useMemo, useState } from 'react'
import type { Joint, Piece, Spots } from './arrange'
import { bundled, rowsOf } from './bundles'
import type { Graph } from './graph'

let worker: Worker | null = null
let asked = 0
const waiting = new Map<number, (spots: Spots) => void>()

function ask(pieces: Piece[], joints: Joint[], answer: (spots: Spots) => void): () => void {
  if (!worker) {
    worker = new Worker(new URL('./arrange.worker.ts', import.meta.url), { type: 'module' })
    worker.onmessage = (event: MessageEvent<{ ask: number; spots: Spots }>) => {
      waiting.get(event.data.ask)?.(event.data.spots)
      waiting.delete(event.data.ask)
    }
  }
  asked += 1
  const mine = asked
  waiting.set(mine, answer)
  worker.postMessage({ ask: mine, pieces, joints })
  return () => waiting.delete(mine)
}

export function useArranged(graph: Graph): Spots | null {
  const [found, setFound] = useState<{ shape: string; spots: Spots } | null>(null)
  // Only what decides where things stand.
  const shape = useMemo(() => {
    const pieces = graph.nodes.map(({ id, width, height }): Piece => ({ id, width, height }))
    const joints = bundled(graph.lines).map((bundle): Joint => {
      const rows = rowsOf(bundle)
      const letters = Math.max(...rows.map((row) => row.length))
      return { source: bundle.source, target: bundle.target, letters, rows: rows.length }
    })
    return JSON.stringify([pieces, joints])
  }, [graph])
  useEffect(() => {
    const [pieces, joints] = JSON.parse(shape) as [Piece[], Joint[]]
    return ask(pieces, joints, (spots) => setFound({ shape, spots }))
  }, [shape])
  // The former ones serve until the new are known: what is there does not jump away.
  return useMemo(() => {
    if (!found) return null
    if (found.shape === shape) return found.spots
    return graph.nodes.some((node) => found.spots[node.id]) ? found.spots : null
  }, [found, shape, graph])
}
