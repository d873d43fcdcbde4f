/** One line of the graph: a topic on its way from one step to another. Lights up, and lets a drop of light run along, when
 *  an event passes; counts what has passed. */
import { type Edge, EdgeLabelRenderer, type EdgeProps, Position } from '@xyflow/react'
import { memo, useContext, useEffect, useRef } from 'react'
import { classes, format } from '../../design'
import type { GraphLine, Side } from './graph'
import css from './Line.module.css'
import { curve } from './path'
import { lineKey, useCount, WatchContext } from './watch'

export type TopicLine = Edge<{ line: GraphLine; aside: number; isQuiet: boolean }, 'topic'>

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
  const line = data?.line
  const key = line ? lineKey(line.from, line.topic, line.to) : ''
  const count = useCount(key)
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
  useEffect(
    () =>
      watch.onPulse(key, (passed, delay) => {
        if (drops.current) run(drops.current, shape.current, Math.min(passed, MOST), delay)
      }),
    [watch, key],
  )
  if (!line) return null
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
      data-topic={line.topic}
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
        <div
          className={classes(
            css.label,
            'nodrag nopan',
            line.isVirtual && css.virtual,
            line.isConditional && css.conditional,
            data.isQuiet && css.quiet,
          )}
          style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}
          title={title(line, count)}
          data-testid={`line-${line.from}-${line.to}`}
        >
          {line.label}
          {count > 0 ? <span className={css.count}>{format.count(count)}</span> : null}
        </div>
      </EdgeLabelRenderer>
    </g>
  )
})

function title(line: GraphLine, count: number): string {
  const what = line.isVirtual ? 'drawn only, nothing is sent' : `${count} passed since this page first looked`
  const sometimes = line.isConditional ? ', sometimes emitted' : ''
  return `${line.topic}: ${line.from} → ${line.to}${sometimes}; ${what}`
}

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
