/** Where the nodes of a flow stand: as motia-workbench.json says, else by themselves. What is moved here is written 300 ms
 *  later; until the server has said it back it counts for more than what the file says. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { type FlowConfig, type NodePlace, post } from '../../data'
import { toast, useKept } from '../../design'
import type { Spots } from './arrange'
import { type Graph, type GraphNode, type Place, read, written } from './graph'

type Config = Record<string, NodePlace>
/** By key; null = where it stands by itself. */
type Moves = Record<string, Place | null>

const PAUSE = 300
/** Until then the server has said back what it was given, or somebody else has changed it since. */
const PATIENCE = 5000

export interface Places {
  /** By the id of a node; null until it is known where things stand. */
  all: Record<string, Place> | null
  /** How many stand where somebody put them. */
  put: number
  move: (moves: Record<string, Place>) => void
  tidy: () => void
}

/** `flow` null: not a flow of the project's, so this browser alone remembers. */
export function usePlaces(
  flow: string | null,
  view: string,
  graph: Graph,
  arranged: Spots | null,
  configs: readonly FlowConfig[],
): Places {
  const [mine, setMine] = useKept<Config>(`places-${view}`, {})
  const said = useMemo(
    () => (flow === null ? mine : (configs.find((one) => one.id === flow)?.config ?? {})),
    [flow, mine, configs],
  )
  const [moves, setMoves] = useState<Moves>({})
  // Another flow: nothing is moved in it.
  const [shown, setShown] = useState(view)
  if (shown !== view) {
    setShown(view)
    setMoves({})
  }
  useEffect(() => {
    setMoves((now) => withoutSaid(now, said))
  }, [said])

  const all = useMemo(
    () => (arranged ? placed(graph, arranged, said, moves) : null),
    [graph, arranged, said, moves],
  )
  const put = useMemo(
    () => graph.nodes.filter((node) => at(node, said, moves)?.isPut).length,
    [graph, said, moves],
  )
  const now = useRef({ graph, said, moves, all })
  useEffect(() => {
    now.current = { graph, said, moves, all }
  })

  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const save = useRef<() => void>(() => {})
  useEffect(() => {
    const send = () => {
      timer.current = undefined
      const config = configOf(now.current)
      if (flow === null) {
        setMine(config)
        return
      }
      void post(`/__motia/flows/${encodeURIComponent(flow)}/config`, { id: flow, config }).catch((error) => {
        toast.fail('The places could not be saved', error instanceof Error ? error.message : '')
        setMoves({})
      })
      setTimeout(() => timer.current === undefined && setMoves({}), PATIENCE)
    }
    save.current = send
    return () => {
      // What was moved a moment ago is kept when one goes elsewhere.
      if (timer.current === undefined) return
      clearTimeout(timer.current)
      send()
    }
  }, [flow, setMine])
  const later = useCallback(() => {
    clearTimeout(timer.current)
    timer.current = setTimeout(() => save.current(), PAUSE)
  }, [])

  const move = useCallback(
    (moved: Record<string, Place>) => {
      const { graph, all } = now.current
      const next: Moves = {}
      // Whoever moves one wants the rest to stay: all are written, as others see them too.
      for (const node of graph.nodes) {
        const place = moved[node.id] ?? all?.[node.id]
        if (place) next[node.key] = place
      }
      now.current.moves = next
      setMoves(next)
      later()
    },
    [later],
  )
  const tidy = useCallback(() => {
    const next = Object.fromEntries(now.current.graph.nodes.map((node) => [node.key, null]))
    now.current.moves = next
    setMoves(next)
    later()
  }, [later])
  return { all, put, move, tidy }
}

function at(node: GraphNode, said: Config, moves: Moves): (Place & { isPut: boolean }) | null {
  const move = moves[node.key]
  if (move === null) return null
  return move ? { ...move, isPut: true } : read(said[node.key])
}

function placed(graph: Graph, arranged: Spots, said: Config, moves: Moves): Record<string, Place> {
  const found: Record<string, Place> = {}
  const rest: GraphNode[] = []
  for (const node of graph.nodes) {
    const known = at(node, said, moves)
    if (known?.isPut) found[node.id] = known
    else rest.push(node)
  }
  const taken = graph.nodes.filter((node) => found[node.id])
  for (const node of rest) {
    const spot = arranged[node.id] ?? { x: 0, y: 0 }
    const sides = at(node, said, moves)
    const { x, y } = taken.length > 0 ? free(node, spot, graph, arranged, found) : spot
    found[node.id] = { x, y, source: sides?.source ?? 'right', target: sides?.target ?? 'left' }
  }
  return found
}

/** Beside a neighbour as it would stand by itself, and further down as long as something is there. */
function free(
  node: GraphNode,
  spot: { x: number; y: number },
  graph: Graph,
  arranged: Spots,
  found: Record<string, Place>,
): { x: number; y: number } {
  const line = graph.lines.find(
    (one) => (one.source === node.id && found[one.target]) || (one.target === node.id && found[one.source]),
  )
  const anchor = line
    ? line.source === node.id
      ? line.target
      : line.source
    : graph.nodes.find((one) => found[one.id])?.id
  const stands = anchor === undefined ? undefined : found[anchor]
  const alone = anchor === undefined ? undefined : arranged[anchor]
  let { x, y } = spot
  if (stands && alone) [x, y] = [x + stands.x - alone.x, y + stands.y - alone.y]
  const boxes = graph.nodes.flatMap((one) =>
    found[one.id] ? [{ node: one, place: found[one.id] as Place }] : [],
  )
  for (let tries = 0; tries < 200; tries += 1) {
    const hit = boxes.find(
      ({ node: other, place }) =>
        x < place.x + other.width + 24 &&
        place.x < x + node.width + 24 &&
        y < place.y + other.height + 24 &&
        place.y < y + node.height + 24,
    )
    if (!hit) break
    y = hit.place.y + hit.node.height + 40
  }
  return { x, y }
}

/** What the file is to say: entries of steps that are not here at the moment stay as they are. */
function configOf({ graph, said, moves }: { graph: Graph; said: Config; moves: Moves }): Config {
  const config: Config = { ...said }
  for (const node of graph.nodes) {
    const move = moves[node.key]
    if (move === null) delete config[node.key]
    else if (move) config[node.key] = { ...config[node.key], ...sidesOff, ...written(move) }
  }
  return JSON.parse(JSON.stringify(config)) as Config
}

const sidesOff = { sourceHandlePosition: undefined, targetHandlePosition: undefined }

function withoutSaid(moves: Moves, said: Config): Moves {
  const left = Object.entries(moves).filter(([key, move]) => {
    const told = said[key]
    return move === null
      ? told !== undefined
      : JSON.stringify(told && written(read(told) ?? move)) !== JSON.stringify(written(move))
  })
  return left.length === Object.keys(moves).length ? moves : Object.fromEntries(left)
}
