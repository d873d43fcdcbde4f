/** A list of any length: only what is seen is drawn. Arrows (or j and k), Home, End and Page keys move, Enter chooses. `Table` is this with
 *  columns. */
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { classes } from './classes'
import css from './Table.module.css'

export interface VirtualListProps<T> {
  items: readonly T[]
  keyOf: (item: T, at: number) => string | number
  /** What is drawn in a row. */
  row: (item: T, at: number) => ReactNode
  label: string
  /** px; with `measures` only a guess. */
  height?: number
  /** Rows differ in height and are measured. */
  measures?: boolean
  /** Key of the chosen one. */
  selected?: string | number | null
  onSelect?: (item: T) => void
  /** The end is near: load more. Call it as often as you like. */
  onEnd?: () => void
  rowTestId?: (item: T) => string
  rowClass?: (item: T) => string | undefined
  /** Stands above the rows and stays. */
  header?: ReactNode
  /** Below the last row. */
  footer?: ReactNode
  testId?: string
  /** Grid template of the columns; set by `Table`. */
  template?: string
  role?: 'listbox' | 'grid'
  /** Stays at the end while lines are added, until one scrolls away from it. */
  follows?: boolean
}

export function VirtualList<T>(props: VirtualListProps<T>) {
  const { items, keyOf, row, height = 36, selected, onSelect, onEnd, role = 'listbox', follows } = props
  const scroller = useRef<HTMLDivElement>(null)
  const [focused, setFocused] = useState(-1)
  const isAtEnd = useRef(true)
  const list = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    getItemKey: (at) => {
      const item = items[at]
      return item === undefined ? at : keyOf(item, at)
    },
    overscan: 12,
  })
  const drawn = list.getVirtualItems()
  const last = drawn.at(-1)?.index ?? -1
  useEffect(() => {
    if (last >= items.length - 20) onEnd?.()
  }, [last, items.length, onEnd])
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever there are more or fewer lines
  useEffect(() => {
    if (follows && isAtEnd.current && items.length > 0) list.scrollToIndex(items.length - 1, { align: 'end' })
  }, [items.length, follows])

  const move = (to: number) => {
    const at = Math.max(0, Math.min(items.length - 1, to))
    setFocused(at)
    list.scrollToIndex(at)
  }
  const press = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.target !== event.currentTarget || items.length === 0) return
    const chosen = items.findIndex((item, at) => selected != null && keyOf(item, at) === selected)
    const from = focused >= 0 ? focused : chosen
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / height) - 1)
    const steps: Record<string, number> = {
      ArrowDown: from + 1,
      j: from + 1,
      ArrowUp: from - 1,
      k: from - 1,
      Home: 0,
      End: items.length - 1,
      PageDown: from + page,
      PageUp: from - page,
    }
    const to = steps[event.key]
    if (to !== undefined) {
      event.preventDefault()
      move(to)
    } else if ((event.key === 'Enter' || event.key === ' ') && onSelect) {
      const item = items[from]
      if (item === undefined) return
      event.preventDefault()
      onSelect(item)
    }
  }
  const id = (at: number) => `${props.label.replaceAll(/\W+/g, '-')}-${at}`
  const isGrid = role === 'grid'
  return (
    <div
      ref={scroller}
      className={css.scroller}
      role={role}
      aria-label={props.label}
      aria-rowcount={isGrid ? items.length + 1 : undefined}
      aria-activedescendant={
        focused >= 0 && drawn.some(({ index }) => index === focused) ? id(focused) : undefined
      }
      tabIndex={0}
      onKeyDown={press}
      onBlur={() => setFocused(-1)}
      onScroll={({ currentTarget: at }) => {
        isAtEnd.current = at.scrollHeight - at.scrollTop - at.clientHeight < height * 1.5
      }}
      data-testid={props.testId}
    >
      {props.header}
      <div
        style={{ height: list.getTotalSize() }}
        className={css.whole}
        role={isGrid ? 'rowgroup' : 'presentation'}
      >
        {drawn.map(({ index, key, start }) => {
          const item = items[index]
          if (item === undefined) return null
          const isChosen = selected != null && keyOf(item, index) === selected
          return (
            <div
              key={key}
              id={id(index)}
              ref={props.measures ? list.measureElement : undefined}
              data-index={index}
              role={isGrid ? 'row' : 'option'}
              aria-rowindex={isGrid ? index + 2 : undefined}
              aria-selected={onSelect || !isGrid ? isChosen : undefined}
              className={classes(
                css.row,
                onSelect && css.pressable,
                isChosen && css.chosen,
                index === focused && css.focused,
                props.rowClass?.(item),
              )}
              style={{
                transform: `translateY(${start}px)`,
                gridTemplateColumns: props.template,
                ...(props.measures ? {} : { height }),
              }}
              onClick={onSelect && (() => onSelect(item))}
              data-testid={props.rowTestId?.(item)}
            >
              {row(item, index)}
            </div>
          )
        })}
      </div>
      {props.footer}
    </div>
  )
}
