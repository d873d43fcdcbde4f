/** Above the bars: the whole trace in small with the part that is seen, the marks of time, and the buttons that zoom. */
import { Maximize2, ZoomIn, ZoomOut } from 'lucide-react'
import { type PointerEvent, type RefObject, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { Run } from '../../data'
import { format, IconButton } from '../../design'
import { busy, centred, isWhole, ticks, type View, WHOLE, zoomed } from './scale'
import type { Tree } from './tree'
import css from './Waterfall.module.css'

interface AxisProps {
  tree: Tree
  runs: readonly Run[]
  now: number
  view: View
  onView: (change: (view: View) => View) => void
}

const SLICES = 160

export function Axis({ tree, runs, now, view, onView }: AxisProps) {
  const length = tree.to - tree.from
  const [times, width] = useWidth()
  return (
    <div className={css.axis} data-axis>
      <div className={css.zoom}>
        <IconButton
          icon={ZoomOut}
          small
          label="Zoom out"
          keys="-"
          disabled={isWhole(view)}
          onClick={() => onView((one) => zoomed(one, 1 / 2))}
        />
        <IconButton
          icon={ZoomIn}
          small
          label="Zoom in"
          keys="+"
          onClick={() => onView((one) => zoomed(one, 2))}
          data-testid="zoom-in"
        />
        <IconButton
          icon={Maximize2}
          small
          label="Show the whole trace"
          keys="0"
          disabled={isWhole(view)}
          onClick={() => onView(() => WHOLE)}
          data-testid="zoom-whole"
        />
        <span className={css.legend}>
          <i className={css.waitMark} /> waits
          <i className={css.runMark} /> runs
        </span>
      </div>
      <div className={css.times} ref={times}>
        <Minimap tree={tree} runs={runs} now={now} view={view} onView={onView} />
        <div className={css.ticks}>
          {ticks(length, view, Math.max(2, Math.floor(width / 90))).map(({ at, place }) => (
            <span key={at} className={css.tick} style={{ left: `${place}%` }}>
              {format.duration(at)}
            </span>
          ))}
        </div>
      </div>
    </div>
  )
}

/** So many marks as have room. */
function useWidth(): [RefObject<HTMLDivElement | null>, number] {
  const place = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(540)
  useLayoutEffect(() => {
    if (!place.current) return
    const watch = new ResizeObserver(([entry]) => entry && setWidth(entry.contentRect.width))
    watch.observe(place.current)
    return () => watch.disconnect()
  }, [])
  return [place, width]
}

/** How much ran when, failures marked. Press to see that part; pull to move it. */
function Minimap({ tree, runs, now, view, onView }: AxisProps) {
  const place = useRef<HTMLDivElement>(null)
  const [holds, setHolds] = useState(false)
  const slices = useMemo(() => busy(runs, tree.from, tree.to, now, SLICES), [runs, tree.from, tree.to, now])
  const most = Math.max(1, ...slices)
  const failures = useMemo(
    () => [
      ...new Set(
        tree.rows
          .filter((row) => row.run.status === 'failed' && !row.isMadeGood)
          .map(({ run }) =>
            Math.round((((run.endTime ?? now) - tree.from) / (tree.to - tree.from)) * SLICES),
          ),
      ),
    ],
    [tree, now],
  )
  const show = (event: PointerEvent) => {
    const box = place.current?.getBoundingClientRect()
    if (box) onView((one) => centred(one, (event.clientX - box.left) / box.width))
  }
  const path = slices.map(
    (count, at) => `L${at} ${20 - (count / most) * 18}L${at + 1} ${20 - (count / most) * 18}`,
  )
  return (
    <div
      ref={place}
      className={css.minimap}
      data-testid="trace-minimap"
      aria-hidden
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        setHolds(true)
        show(event)
      }}
      onPointerMove={(event) => holds && show(event)}
      onPointerUp={() => setHolds(false)}
      onPointerCancel={() => setHolds(false)}
    >
      <svg viewBox={`0 0 ${SLICES} 20`} preserveAspectRatio="none" aria-hidden="true">
        <path d={`M0 20${path.join('')}L${SLICES} 20Z`} className={css.load} />
        {failures.map((at) => (
          <path key={at} d={`M${Math.min(SLICES - 0.5, at)} 0V20`} className={css.failure} />
        ))}
      </svg>
      {isWhole(view) ? null : (
        <span
          className={css.window}
          data-testid="trace-window"
          style={{ left: `${view.from * 100}%`, width: `max(4px, ${(view.to - view.from) * 100}%)` }}
        />
      )}
    </div>
  )
}
