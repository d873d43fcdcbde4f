/** The runs of a trace over time: a tree at the left, their bars at the right. Rows are drawn as far as they are seen.
 *  Wheel with Ctrl, Alt or on the axis zooms, sideways pans; keys: + - 0, Shift with arrows. */
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from 'react'
import type { Run } from '../../data'
import { classes } from '../../design'
import { Axis } from './Axis'
import { Bar } from './Bar'
import { SpanName } from './SpanName'
import { panned, type View, WHOLE, zoomed } from './scale'
import type { Row, Tree } from './tree'
import css from './Waterfall.module.css'

interface WaterfallProps {
  tree: Tree
  runs: readonly Run[]
  now: number
  selected: string
  onSelect: (run: Run) => void
  /** Follows the mark while a panel is open: without a step for Back. */
  onMark: (run: Run) => void
  onFold: (ids: string[], isFolded: boolean) => void
}

const HEIGHT = 30

export function Waterfall({ tree, runs, now, selected, onSelect, onMark, onFold }: WaterfallProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const whole = useRef<HTMLDivElement>(null)
  const [view, setView] = useState<View>(WHOLE)
  const [marked, setMarked] = useState<string>('')
  const { rows } = tree
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => HEIGHT,
    getItemKey: (at) => rows[at]?.run.id ?? at,
    overscan: 10,
  })
  useWheel(whole, setView)
  const at = rows.findIndex((row) => row.run.id === (selected || marked))
  // A run that is linked to comes into sight once it is known.
  const shown = useRef('')
  useEffect(() => {
    if (selected === shown.current || at < 0 || !selected) return
    shown.current = selected
    list.scrollToIndex(at, { align: 'auto' })
  }, [selected, at, list])

  const move = (to: number) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, to))]
    if (!row) return
    setMarked(row.run.id)
    list.scrollToIndex(rows.indexOf(row))
    if (selected) {
      shown.current = row.run.id
      onMark(row.run)
    }
  }
  const press = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return
    const row = rows[at]
    const does = event.shiftKey
      ? panKeys(setView)[event.key]
      : { ...zoomKeys(setView), ...treeKeys({ row, at, rows, move, onFold, onSelect }) }[event.key]
    if (!does) return
    event.preventDefault()
    does()
  }
  return (
    <div ref={whole} className={css.waterfall}>
      <Axis tree={tree} runs={runs} now={now} view={view} onView={setView} />
      <div
        ref={scroller}
        className={css.scroller}
        role="tree"
        aria-label="Runs"
        tabIndex={0}
        onKeyDown={press}
        aria-activedescendant={at >= 0 ? `run-${rows[at]?.run.id}` : undefined}
        data-testid="trace-timeline"
      >
        <div className={css.whole} style={{ height: list.getTotalSize() }} role="none">
          {list.getVirtualItems().map(({ index, start }) => {
            const row = rows[index]
            if (!row) return null
            const { run } = row
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: keys go to the tree, which has the focus
              <div
                key={run.id}
                id={`run-${run.id}`}
                role="treeitem"
                aria-level={row.depth + 1}
                aria-selected={run.id === selected}
                aria-expanded={row.below > 0 ? !row.isFolded : undefined}
                tabIndex={-1}
                className={classes(css.row, run.id === selected && css.chosen, index === at && css.marked)}
                style={{ height: HEIGHT, transform: `translateY(${start}px)` }}
                data-testid="trace-timeline-item"
                data-run={run.id}
                onClick={() => {
                  setMarked(run.id)
                  onSelect(run)
                }}
              >
                <SpanName row={row} onFold={(isFolded) => onFold([run.id], isFolded)} />
                <Bar row={row} from={tree.from} to={tree.to} view={view} now={now} />
              </div>
            )
          })}
        </div>
      </div>
    </div>
  )
}

type Keys = Record<string, () => void>
type SetView = (change: (view: View) => View) => void

const zoomKeys = (setView: SetView): Keys => ({
  '+': () => setView((view) => zoomed(view, 1.5)),
  '=': () => setView((view) => zoomed(view, 1.5)),
  '-': () => setView((view) => zoomed(view, 1 / 1.5)),
  '0': () => setView(() => WHOLE),
})

const panKeys = (setView: SetView): Keys => ({
  ArrowLeft: () => setView((view) => panned(view, -0.2)),
  ArrowRight: () => setView((view) => panned(view, 0.2)),
  '+': () => setView((view) => zoomed(view, 1.5)),
})

interface TreeKeys {
  row: Row | undefined
  at: number
  rows: readonly Row[]
  move: (to: number) => void
  onFold: (ids: string[], isFolded: boolean) => void
  onSelect: (run: Run) => void
}

/** As trees do: left folds or goes to the parent, right unfolds or goes to the first below. */
function treeKeys({ row, at, rows, move, onFold, onSelect }: TreeKeys): Keys {
  return {
    ArrowDown: () => move(at + 1),
    j: () => move(at + 1),
    ArrowUp: () => move(at - 1),
    k: () => move(at - 1),
    Home: () => move(0),
    End: () => move(rows.length - 1),
    PageDown: () => move(at + 15),
    PageUp: () => move(at - 15),
    ArrowLeft: () => {
      if (row && row.below > 0 && !row.isFolded) onFold([row.run.id], true)
      else if (row) move(rows.findIndex((one) => one.run.id === row.run.parentId))
    },
    ArrowRight: () => {
      if (!row || row.below === 0) return
      if (row.isFolded) onFold([row.run.id], false)
      else move(at + 1)
    },
    Enter: () => row && onSelect(row.run),
    ' ': () => row && onSelect(row.run),
  }
}

/** React listens to the wheel without a say in what the browser does with it; zooming must have one. */
function useWheel(place: RefObject<HTMLDivElement | null>, setView: SetView): void {
  useEffect(() => {
    const whole = place.current
    if (!whole) return
    const turn = (event: WheelEvent) => {
      const track = whole.querySelector('[data-line]')?.getBoundingClientRect()
      if (!track?.width) return
      const isOnAxis = event.target instanceof Element && event.target.closest('[data-axis]') !== null
      const sideways = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX
      if (event.ctrlKey || event.metaKey || event.altKey || (isOnAxis && Math.abs(sideways) < 1)) {
        event.preventDefault()
        const share = Math.min(1, Math.max(0, (event.clientX - track.left) / track.width))
        const factor = Math.exp(Math.min(50, Math.max(-50, -event.deltaY)) / 150)
        setView((view) => zoomed(view, factor, view.from + (view.to - view.from) * share))
      } else if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) {
        event.preventDefault()
        setView((view) => panned(view, sideways / track.width))
      }
    }
    whole.addEventListener('wheel', turn, { passive: false })
    return () => whole.removeEventListener('wheel', turn)
  }, [place, setView])
}
