/** One line of the graph: a topic on its way from one step to another, or many of them. Lights up, and lets a drop of light run along, when
 *  an event passes; counts what has passed. */
import { type Edge, EdgeLabelRenderer, type EdgeProps, Position } from '@xyflow/react'
import { memo, useContext, useEffect, useMemo, useRef } from 'react'
import { classes } from '../../design'
import type { Bundle } from './bundles'
import type { Side } from './graph'
import css from './Line.module.css'
import { LineLabel } from './LineLabel'
import { curve } from './path'
import { lineKey, useCounts, WatchContext } from './watch'

export type TopicLine = Edge<{ bundle: Bundle; aside: number; isQuiet: boolean }, 'topic'>

const SIDES: Record<Position, Side> = {
  [Position.Left]: 'left',
  [Position.Right]: 'right',
  [Position.Top]: 'top',
  [Position.Bottom]: 'bottom',
}
const TRAVEL = 900
const MOST = 4
const TAIL = [
  { radius: 4, after: 0, strength: 1 },
  { radius: 3, after: 45, strength: 0.55 },
  { radius: 2, after: 90, strength: 0.3 },
]

export const Line = memo(function Line(props: EdgeProps<TopicLine>) {
  const { id, data, source, target, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition } =
    props
  const watch = useContext(WatchContext)
  const drops = useRef<SVGGElement>(null)
  const bundle = data?.bundle
  const keys = useMemo(
    () => (bundle?.lines ?? []).map((line) => lineKey(line.from, line.topic, line.to)),
    [bundle],
  )
  const count = useCounts(keys)
  const { path, x, y } = curve(
    {
      sourceX,
      sourceY,
      targetX,
      targetY,
      sourceSide: SIDES[sourcePosition],
      targetSide: SIDES[targetPosition],
    },
    source === target,
    data?.aside,
  )
  const shape = useRef(path)
  useEffect(() => {
    shape.current = path
  })
  useEffect(() => {
    const ends = keys.map((key) =>
      watch.onPulse(key, (passed, delay) => {
        if (drops.current) run(drops.current, shape.current, Math.min(passed, MOST), delay)
      }),
    )
    return () => {
      for (const end of ends) end()
    }
  }, [watch, keys])
  if (!bundle) return null
  const [line] = bundle.lines
  const look = classes(
    css.line,
    line.isVirtual && css.virtual,
    line.isConditional && css.conditional,
    data.isQuiet && css.quiet,
  )
  return (
    <g
      className={look}
      data-line={`${line.from}>${line.to}`}
      data-topics={bundle.lines.length}
      data-virtual={line.isVirtual}
    >
      <path d={path} className={css.room} />
      <path
        id={id}
        d={path}
        className={css.path}
        markerEnd={`url(#arrow-${line.isConditional ? 'amber' : 'plain'})`}
      />
      <path d={path} className={css.light} />
      <g ref={drops} />
      <EdgeLabelRenderer>
        <LineLabel bundle={bundle} count={count} x={x} y={y} isQuiet={data.isQuiet} />
      </EdgeLabelRenderer>
    </g>
  )
})

/** Drops that run along the path, one for each event as far as they can be told apart. */
function run(place: SVGGElement, path: string, drops: number, delay: number): void {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches || document.hidden) return
  if (place.childElementCount > MOST * TAIL.length * 2) return
  const light = place.previousElementSibling
  light?.animate([{ opacity: 0 }, { opacity: 1, offset: 0.3 }, { opacity: 0 }], {
    duration: TRAVEL + drops * 160 + 300,
    delay,
    easing: 'ease-out',
  })
  for (let at = 0; at < drops; at += 1) {
    for (const { radius, after, strength } of TAIL) {
      const drop = document.createElementNS('http://www.w3.org/2000/svg', 'circle')
      drop.setAttribute('r', String(radius))
      drop.setAttribute('class', css.drop ?? '')
      drop.style.offsetPath = `path("${path}")`
      place.append(drop)
      const travel = drop.animate(
        [
          { offsetDistance: '0%', opacity: 0 },
          { opacity: strength, offset: 0.08 },
          { opacity: strength, offset: 0.9 },
          { offsetDistance: '100%', opacity: 0 },
        ],
        {
          duration: TRAVEL,
          delay: delay + at * 160 + after,
          easing: 'cubic-bezier(.45,.05,.45,.95)',
          fill: 'both',
        },
      )
      travel.onfinish = () => drop.remove()
    }
  }
}
