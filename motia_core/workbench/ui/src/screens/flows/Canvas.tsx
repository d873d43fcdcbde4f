/** The graph itself: nodes that can be moved and walked through with the arrow keys, and the lines between them. Loaded with
 *  React Flow when flows are first shown. */
import '@xyflow/react/dist/base.css'
import {
  applyNodeChanges,
  Background,
  BackgroundVariant,
  Panel as Corner,
  MiniMap,
  type NodeChange,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  useStore,
} from '@xyflow/react'
import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { drawn, joined } from './boxes'
import css from './Canvas.module.css'
import { Controls } from './Controls'
import { type Direction, type Graph, type GraphNode, neighbour, type Place } from './graph'
import { Line, type TopicLine } from './Line'
import { type Actions, NodeActions } from './nodeActions'
import { type StepBox, StepNode } from './StepNode'
import type { Places } from './usePlaces'

interface CanvasProps {
  graph: Graph
  places: Places
  /** Of which flow; another one is shown whole at first. */
  view: string
  selected: string
  /** Found by the search; null when nothing is looked for. */
  found: readonly GraphNode[] | null
  onSelect: (id: string, source?: boolean) => void
}

const NODES = { step: StepNode }
const LINES = { topic: Line }
const MANY = 150
const FAR = 0.42
const KEYS: Record<string, Direction> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
}

export default function Canvas(props: CanvasProps) {
  return (
    <ReactFlowProvider key={props.view}>
      <Inner {...props} />
    </ReactFlowProvider>
  )
}

function Inner({ graph, places, selected, found, onSelect }: CanvasProps) {
  const flow = useReactFlow<StepBox, TopicLine>()
  const [boxes, setBoxes] = useState<StepBox[]>([])
  const frame = useRef<HTMLDivElement>(null)
  const { all, move, tidy } = places
  useEffect(() => {
    if (all) setBoxes((before) => drawn(graph, all, selected, found, before))
  }, [graph, all, selected, found])
  const lines = useMemo(() => joined(graph, found), [graph, found])

  const isReady = boxes.length > 0
  const show = useCallback(
    (id: string, duration = 350) => {
      const place = all?.[id]
      const node = graph.nodes.find((one) => one.id === id)
      if (!place || !node) return
      const zoom = Math.max(flow.getZoom(), 0.75)
      void flow.setCenter(place.x + node.width / 2, place.y + node.height / 2, {
        zoom,
        duration: calm(duration),
      })
    },
    [all, graph, flow],
  )
  const whole = useCallback(
    (duration = 350) => void flow.fitView({ padding: 0.06, maxZoom: 1, duration: calm(duration) }),
    [flow],
  )
  const begun = useRef(false)
  useEffect(() => {
    if (!isReady || begun.current) return
    begun.current = true
    if (selected && graph.nodes.length > 12) show(selected, 0)
    else if (graph.nodes.length > MANY) void flow.setViewport({ x: 40, y: 40, zoom: 0.7 })
    else whole(0)
  }, [isReady, selected, graph, show, whole, flow])
  // The panel that opens beside the graph must not cover what was chosen.
  const shown = useRef(show)
  useEffect(() => {
    shown.current = show
  })
  useEffect(() => {
    const place = frame.current
    if (!selected || !place) return
    const look = () => {
      const one = place.querySelector<HTMLElement>(`[data-step="${CSS.escape(selected)}"]`)
      if (begun.current && (!one || !isWithin(one, place))) shown.current(selected)
    }
    const observer = new ResizeObserver(look)
    observer.observe(place)
    return () => observer.disconnect()
  }, [selected])
  const first = found?.[0]?.id
  useEffect(() => {
    if (first) show(first)
  }, [first, show])

  const change = useCallback(
    (changes: NodeChange<StepBox>[]) => setBoxes((now) => applyNodeChanges(changes, now)),
    [],
  )
  const actions = useActions(graph, all, selected, move, onSelect, frame, show)
  const isFar = useStore((state) => state.transform[2] < FAR)
  return (
    <NodeActions value={actions}>
      <div ref={frame} className={css.canvas} data-far={isFar} data-testid="flow-canvas">
        <ReactFlow<StepBox, TopicLine>
          nodes={boxes}
          edges={isReady ? lines : NO_LINES}
          nodeTypes={NODES}
          edgeTypes={LINES}
          onNodesChange={change}
          onNodeClick={(_, box) => onSelect(box.id)}
          onPaneClick={() => onSelect('')}
          onNodeDragStop={(_, box, dragged) =>
            move(
              Object.fromEntries(
                (dragged.length ? dragged : [box]).map((one) => [
                  one.id,
                  { ...one.position, ...one.data.place },
                ]),
              ),
            )
          }
          onlyRenderVisibleElements={graph.nodes.length > MANY}
          nodesConnectable={false}
          nodesFocusable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          disableKeyboardA11y
          deleteKeyCode={null}
          selectionKeyCode={null}
          multiSelectionKeyCode={null}
          zoomOnDoubleClick={false}
          panOnScroll
          nodeDragThreshold={3}
          minZoom={0.05}
          maxZoom={1.75}
          proOptions={{ hideAttribution: true }}
          aria-label="Graph of the flow"
        >
          <Arrows />
          <Background
            variant={BackgroundVariant.Dots}
            gap={24}
            size={1.6}
            color="color-mix(in srgb, var(--text-3) 42%, transparent)"
          />
          <Corner position="bottom-left">
            <Controls onWhole={() => whole()} onTidy={tidy} put={places.put} />
          </Corner>
          {graph.nodes.length > 24 ? (
            <MiniMap
              pannable
              zoomable
              className={css.map}
              nodeColor={colourOf}
              nodeBorderRadius={20}
              ariaLabel="Map of the graph"
            />
          ) : null}
        </ReactFlow>
      </div>
    </NodeActions>
  )
}

const NO_LINES: TopicLine[] = []

/** The tips of lines. */
function Arrows() {
  return (
    <svg className={css.arrows} aria-hidden="true">
      <defs>
        {['plain', 'amber'].map((name) => (
          <marker
            key={name}
            id={`arrow-${name}`}
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="9"
            markerHeight="9"
            orient="auto-start-reverse"
            markerUnits="userSpaceOnUse"
          >
            <path d="M1,1 L7,4 L1,7" className={name === 'amber' ? css.amberTip : css.tip} />
          </marker>
        ))}
      </defs>
    </svg>
  )
}

function useActions(
  graph: Graph,
  all: Record<string, Place> | null,
  selected: string,
  move: Places['move'],
  onSelect: CanvasProps['onSelect'],
  frame: React.RefObject<HTMLDivElement | null>,
  show: (id: string) => void,
): Actions {
  const [last, setLast] = useState('')
  const ids = useMemo(() => new Set(graph.nodes.map((node) => node.id)), [graph])
  const stop = [last, selected, graph.nodes[0]?.id ?? ''].find((id) => ids.has(id)) ?? ''
  return useMemo(
    () => ({
      stop,
      onStop: setLast,
      source: (id) => onSelect(id, true),
      turn: (id, sides) => {
        const place = all?.[id]
        if (place) move({ [id]: { ...place, ...sides } })
      },
      press: (event: KeyboardEvent, id: string) => {
        if (event.target !== event.currentTarget) return
        const direction = KEYS[event.key]
        if (event.key === 'Enter' || event.key === ' ') {
          event.preventDefault()
          onSelect(id)
          return
        }
        if (!direction || !all) return
        event.preventDefault()
        const boxes = graph.nodes.flatMap((node) => {
          const place = all[node.id]
          return place ? [{ id: node.id, x: place.x + node.width / 2, y: place.y + node.height / 2 }] : []
        })
        const next = neighbour(boxes, id, direction)
        if (!next) return
        setLast(next)
        const sought = () => frame.current?.querySelector<HTMLElement>(`[data-step="${CSS.escape(next)}"]`)
        const found = sought()
        if (!found || !isWithin(found, frame.current)) show(next)
        // At once, for the next press belongs to it already; one that was out of sight is drawn first.
        if (found) found.focus({ preventScroll: true })
        else requestAnimationFrame(() => sought()?.focus({ preventScroll: true }))
      },
    }),
    [stop, graph, all, move, onSelect, frame, show],
  )
}

function isWithin(one: HTMLElement, frame: HTMLElement | null): boolean {
  const [a, b] = [one.getBoundingClientRect(), frame?.getBoundingClientRect()]
  return b !== undefined && a.left >= b.left && a.right <= b.right && a.top >= b.top && a.bottom <= b.bottom
}

function colourOf(box: StepBox): string {
  return `var(--kind-${box.data.node.step.type})`
}

function calm(duration: number): number {
  return matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : duration
}
