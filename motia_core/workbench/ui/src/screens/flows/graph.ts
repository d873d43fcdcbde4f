/** A flow as something that can be laid out and drawn: its nodes with their sizes, its lines, and the topics that nobody
 *  listens to. Pure. */
import type { Emit, Flow, NodePlace, Step } from '../../data'

export const WIDTH = 256
const HEAD = 54
const LINE = 26
const WORDS = 20
const FOOT = 30
const PADDING = 10
/** Letters of the description that fit in one line of a node. */
const LETTERS = 38

export type Side = 'left' | 'top' | 'right' | 'bottom'

/** What a node is drawn from. The same object as long as nothing about it changes. */
export interface GraphNode {
  id: string
  step: Step
  /** Where the step's place stands in motia-workbench.json. */
  key: string
  width: number
  height: number
  /** Something is emitted, something is heard. */
  gives: boolean
  takes: boolean
  /** Topics that it emits and nobody hears. */
  unheard: string[]
}

export interface GraphLine {
  id: string
  source: string
  target: string
  topic: string
  label: string
  isVirtual: boolean
  isConditional: boolean
  /** The names of the steps, which is what events are told by. */
  from: string
  to: string
}

export interface Graph {
  nodes: GraphNode[]
  lines: GraphLine[]
}

export const topicOf = (emit: Emit): string => (typeof emit === 'string' ? emit : emit.topic)

export function graphOf(flow: Flow, known: ReadonlySet<string> = heardBy(flow.steps)): Graph {
  const files = new Set<string>()
  const nodes = flow.steps.map((step): GraphNode => {
    // Further steps of a file have places of their own.
    const key = files.has(step.filePath) ? `${step.filePath}#${step.name}` : step.filePath
    files.add(step.filePath)
    const emitted = step.emits.map(topicOf)
    const unheard = known.has('*') ? [] : [...new Set(emitted.filter((topic) => !known.has(topic)))]
    return {
      id: step.id,
      step,
      key,
      width: WIDTH,
      height: heightOf(step, unheard.length > 0),
      gives: step.emits.length + (step.virtualEmits?.length ?? 0) > 0,
      takes: (step.subscribes?.length ?? 0) + (step.virtualSubscribes?.length ?? 0) > 0,
      unheard,
    }
  })
  const steps = new Map(flow.steps.map((step) => [step.id, step]))
  const lines = flow.edges.map((edge): GraphLine => {
    const { topic, label, variant, labelVariant } = edge.data
    return {
      id: edge.id,
      source: edge.source,
      target: edge.target,
      topic,
      label: label ?? topic,
      isVirtual: variant === 'virtual' || !hears(steps.get(edge.target), topic),
      isConditional: labelVariant === 'conditional',
      from: steps.get(edge.source)?.name ?? '',
      to: steps.get(edge.target)?.name ?? '',
    }
  })
  return { nodes, lines }
}

/** Whether an event of the topic really comes to the step; the rest is drawn only. */
function hears(step: Step | undefined, topic: string): boolean {
  return step?.type === 'event' && (step.subscribes ?? []).some((one) => one === topic || one === '*')
}

/** Topics that somebody hears. */
export function heardBy(steps: readonly Step[]): Set<string> {
  return new Set(steps.flatMap((step) => [...(step.subscribes ?? []), ...(step.virtualSubscribes ?? [])]))
}

/** Known without drawing it, so that a thousand need not be measured. */
export function heightOf(step: Step, isUnheard: boolean): number {
  const words = Math.min(2, Math.ceil((step.description?.length ?? 0) / LETTERS))
  const detail = step.type === 'noop' ? 0 : LINE
  return HEAD + detail + words * WORDS + (isUnheard ? LINE : 0) + FOOT + PADDING
}

/** Steps of no flow. */
export function loose(flow: Flow): Flow {
  const steps = flow.steps.filter((step) => step.flows.length === 0)
  const ids = new Set(steps.map((step) => step.id))
  const edges = flow.edges.filter((edge) => ids.has(edge.source) && ids.has(edge.target))
  return { ...flow, steps, edges }
}

/** Steps a text means, in their order: by name, topic, path, expression, file or language. */
export function meant(nodes: readonly GraphNode[], text: string): GraphNode[] {
  const wanted = text.trim().toLowerCase()
  if (!wanted) return []
  const ranked = nodes.map((node) => ({ node, rank: rankOf(node.step, wanted) }))
  return ranked
    .filter((one) => one.rank > 0)
    .sort((a, b) => b.rank - a.rank)
    .map((one) => one.node)
}

function rankOf(step: Step, wanted: string): number {
  const name = step.name.toLowerCase()
  if (name === wanted) return 4
  if (name.startsWith(wanted)) return 3
  if (name.includes(wanted)) return 2
  const rest = [
    step.webhookUrl,
    step.cronExpression,
    step.filePath,
    step.language,
    step.description,
    ...(step.subscribes ?? []),
    ...step.emits.map(topicOf),
  ]
  return rest.some((one) => one?.toLowerCase().includes(wanted)) ? 1 : 0
}

export type Direction = 'left' | 'right' | 'up' | 'down'

interface Box {
  id: string
  x: number
  y: number
}

/** The node one comes to from `id` in a direction: near, and rather straight ahead than aside. */
export function neighbour(boxes: readonly Box[], id: string, direction: Direction): string | null {
  const here = boxes.find((one) => one.id === id)
  if (!here) return null
  let best: string | null = null
  let least = Number.POSITIVE_INFINITY
  for (const one of boxes) {
    if (one === here) continue
    const dx = one.x - here.x
    const dy = one.y - here.y
    const along = direction === 'right' ? dx : direction === 'left' ? -dx : direction === 'down' ? dy : -dy
    const aside = Math.abs(direction === 'right' || direction === 'left' ? dy : dx)
    if (along <= 4) continue
    // What lies rather aside than ahead comes last.
    const far = along + aside * 2 + (aside > along * 1.5 ? 100_000 : 0)
    if (far < least) {
      least = far
      best = one.id
    }
  }
  return best
}

/** The place of a node as it is written to the file: whole numbers, and sides only where they are not the usual ones. */
export function written(place: Place): NodePlace {
  const found: NodePlace = { x: Math.round(place.x), y: Math.round(place.y) }
  if (place.source === 'bottom') found.sourceHandlePosition = 'bottom'
  if (place.target === 'top') found.targetHandlePosition = 'top'
  return found
}

export interface Place {
  x: number
  y: number
  source: 'right' | 'bottom'
  target: 'left' | 'top'
}

/** A place as the file has it; exactly 0, 0 means that nobody has put it anywhere. */
export function read(place: NodePlace | undefined): (Place & { isPut: boolean }) | null {
  if (!place || typeof place.x !== 'number' || typeof place.y !== 'number') return null
  return {
    x: place.x,
    y: place.y,
    source: place.sourceHandlePosition === 'bottom' ? 'bottom' : 'right',
    target: place.targetHandlePosition === 'top' ? 'top' : 'left',
    isPut: place.x !== 0 || place.y !== 0,
  }
}
