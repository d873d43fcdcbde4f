/** A list that grows at both ends: the newest at the bottom, older ones loaded when one scrolls up. Stays at the end while lines
 *  come, until one scrolls away; then what is read stays where it is, and a button leads back. Keys as in `VirtualList`. */
import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { Button } from './Button'
import { classes } from './classes'
import { plural } from './format'
import css from './TailList.module.css'

export interface TailListProps<T> {
  items: readonly T[]
  keyOf: (item: T) => string
  /** Grid cells (`role="gridcell"`). */
  row: (item: T) => ReactNode
  label: string
  /** px; with `measures` only a guess. */
  height: number
  measures?: boolean
  selected?: string
  onSelect: (item: T) => void
  rowTestId: string
  rowClass?: (item: T) => string | undefined
  /** The list begins here instead of at its end, once it is among the items. */
  target?: string
  /** The first line is near: load older ones. Call it as often as you like. */
  onStart?: () => void
  /** The last line is near. */
  onEnd?: () => void
  /** The newest item is not loaded: the button asks for it. */
  onLatest?: () => void
  /** New items that are not among `items`. */
  unseen?: number
  /** What one is called, for the button: `new line`. */
  unit: string
  onFollow?: (follows: boolean) => void
}

const NEAR = 40
/** px from the end that still count as the end. */
const AT_END = 30

export function TailList<T>(props: TailListProps<T>) {
  const { items, keyOf, row, height, onSelect, onStart, onEnd, onLatest, onFollow, target } = props
  const scroller = useRef<HTMLDivElement>(null)
  const [focused, setFocused] = useState<string | null>(null)
  const [isAtEnd, setAtEnd] = useState(!target)
  const top = useRef(0)
  const [seen, setSeen] = useState<string | null>(null)
  const list = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    getItemKey: (at) => {
      const item = items[at]
      return item === undefined ? at : keyOf(item)
    },
    overscan: 20,
    anchorTo: 'end',
    followOnAppend: isAtEnd,
    scrollEndThreshold: AT_END,
  })
  const drawn = list.getVirtualItems()
  const first = drawn[0]?.index ?? 0
  const last = drawn.at(-1)?.index ?? -1
  const hasItems = items.length > 0

  // Where it begins: at the target, else at the end.
  const placed = useRef<string | null>(null)
  useLayoutEffect(() => {
    if (!hasItems || placed.current === (target ?? '')) return
    const at = target ? items.findIndex((item) => keyOf(item) === target) : -1
    placed.current = target ?? ''
    // Its size is not known to the list yet: the place is said to the element itself.
    const place = scroller.current
    if (place) place.scrollTop = at < 0 ? place.scrollHeight : at * height - place.clientHeight / 2
    setAtEnd(at < 0)
  }, [hasItems, items, keyOf, height, target])

  // Held at the end, whatever grows: lines that came, or turned out to be higher than was guessed.
  const total = list.getTotalSize()
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever the whole becomes longer or shorter
  useLayoutEffect(() => {
    const place = scroller.current
    if (isAtEnd && place) place.scrollTop = place.scrollHeight
  }, [isAtEnd, total])

  // biome-ignore lint/correctness/useExhaustiveDependencies: what is drawn changes as one scrolls
  useEffect(() => {
    const place = scroller.current
    // The element knows where it stands before the list hears of it.
    if (!place || placed.current === null || items.length === 0) return
    if (place.scrollTop < NEAR * height) onStart?.()
    if (place.scrollHeight - place.scrollTop - place.clientHeight < NEAR * height) onEnd?.()
  }, [first, last, items.length, height, onStart, onEnd])
  useEffect(() => onFollow?.(isAtEnd), [isAtEnd, onFollow])

  // What came since one scrolled away.
  const end = items.at(-1)
  const endKey = end === undefined ? null : keyOf(end)
  useEffect(() => {
    if (isAtEnd || seen === null) setSeen(endKey)
  }, [isAtEnd, seen, endKey])
  const from = isAtEnd || seen === endKey ? -1 : items.findLastIndex((item) => keyOf(item) === seen)
  const waiting = (from < 0 ? 0 : items.length - 1 - from) + (props.unseen ?? 0)

  const press = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.target !== event.currentTarget || items.length === 0) return
    const known = focused ?? props.selected
    const at = known ? items.findIndex((item) => keyOf(item) === known) : -1
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / height) - 1)
    const begin = at < 0 ? last : at
    const steps: Record<string, number> = {
      ArrowDown: at < 0 ? last : at + 1,
      ArrowUp: at < 0 ? last : at - 1,
      Home: 0,
      End: items.length - 1,
      PageDown: begin + page,
      PageUp: begin - page,
    }
    const step = steps[event.key]
    if (step !== undefined) {
      event.preventDefault()
      const index = Math.max(0, Math.min(items.length - 1, step))
      const item = items[index]
      if (item !== undefined) setFocused(keyOf(item))
      list.scrollToIndex(index)
    } else if ((event.key === 'Enter' || event.key === ' ') && at >= 0) {
      const item = items[at]
      if (item === undefined) return
      event.preventDefault()
      onSelect(item)
    }
  }
  const follow = () => {
    setAtEnd(true)
    if (onLatest) onLatest()
    else list.scrollToIndex(items.length - 1, { align: 'end' })
  }
  const idOf = (key: string) => `${props.rowTestId}-${key}`
  return (
    <div className={css.frame}>
      <div
        ref={scroller}
        className={css.scroller}
        role="grid"
        aria-label={props.label}
        aria-rowcount={items.length}
        aria-activedescendant={
          focused && drawn.some(({ key }) => key === focused) ? idOf(focused) : undefined
        }
        tabIndex={0}
        onKeyDown={press}
        onBlur={() => setFocused(null)}
        onScroll={({ currentTarget: at }) => {
          const is = at.scrollHeight - at.scrollTop - at.clientHeight < AT_END
          // What grows below does not lead away from the end; who scrolls up does.
          const isUp = at.scrollTop < top.current - 1
          top.current = at.scrollTop
          if (is !== isAtEnd && (is || isUp)) setAtEnd(is)
          // In a burst the list may scroll to what was the end a moment ago.
          else if (isAtEnd && !is) at.scrollTop = at.scrollHeight
        }}
      >
        <div style={{ height: total }} className={css.whole} role="rowgroup">
          {drawn.map(({ index, start }) => {
            const item = items[index]
            if (item === undefined) return null
            const key = keyOf(item)
            return (
              <div
                key={key}
                id={idOf(key)}
                ref={props.measures ? list.measureElement : undefined}
                data-index={index}
                role="row"
                aria-rowindex={index + 1}
                aria-selected={key === props.selected}
                className={classes(
                  css.row,
                  key === props.selected && css.chosen,
                  key === focused && css.focused,
                  props.rowClass?.(item),
                )}
                style={{ transform: `translateY(${start}px)`, ...(props.measures ? {} : { height }) }}
                onClick={() => {
                  // Who marks a piece of text does not choose the row.
                  if (getSelection()?.isCollapsed !== false) onSelect(item)
                }}
                data-testid={props.rowTestId}
              >
                {row(item)}
              </div>
            )
          })}
        </div>
      </div>
      {isAtEnd && !onLatest ? null : (
        <Button small icon={ArrowDown} className={css.jump} onClick={follow} data-testid="jump-to-latest">
          {waiting > 0 ? plural(waiting, props.unit) : 'To the latest'}
        </Button>
      )}
    </div>
  )
}
