/** A table of any length with columns that may be sorted. Rows, keys and loading are `VirtualList`'s. */
import { ArrowDown, ArrowUp } from 'lucide-react'
import { type ReactNode, useMemo, useState } from 'react'
import { classes } from './classes'
import css from './Table.module.css'
import { VirtualList, type VirtualListProps } from './VirtualList'

export interface Column<T> {
  id: string
  /** The head of the column; empty ones need a `label`. */
  head: string
  label?: string
  cell: (item: T) => ReactNode
  /** As in `grid-template-columns`: `8rem`, `minmax(10rem, 1fr)`. */
  width?: string
  align?: 'end'
  /** Sorts what is there by this. Leave it out for lists that come page by page. */
  by?: (item: T) => string | number | null | undefined
}

interface TableProps<T>
  extends Omit<VirtualListProps<T>, 'row' | 'header' | 'template' | 'role' | 'measures'> {
  columns: readonly Column<T>[]
  /** Sorted by this column at first: `-p95` downwards. */
  sort?: string
}

export function Table<T>({ columns, items, sort: first = '', ...rest }: TableProps<T>) {
  const [sort, setSort] = useState(first)
  const sorted = useMemo(() => ordered(items, columns, sort), [items, columns, sort])
  const template = columns.map((column) => column.width ?? 'minmax(0, 1fr)').join(' ')
  return (
    <VirtualList
      {...rest}
      role="grid"
      items={sorted}
      template={template}
      header={
        <div role="rowgroup" className={css.head}>
          <div role="row" aria-rowindex={1} className={css.headRow} style={{ gridTemplateColumns: template }}>
            {columns.map((column) => (
              <Head key={column.id} column={column} sort={sort} onSort={setSort} />
            ))}
          </div>
        </div>
      }
      row={(item) =>
        columns.map((column) => (
          <div
            key={column.id}
            role="gridcell"
            className={classes(css.cell, column.align === 'end' && css.end)}
          >
            {column.cell(item)}
          </div>
        ))
      }
    />
  )
}

interface HeadProps<T> {
  column: Column<T>
  sort: string
  onSort: (sort: string) => void
}

function Head<T>({ column, sort, onSort }: HeadProps<T>) {
  const { id, head, label, by, align } = column
  const isBy = sort === id || sort === `-${id}`
  const name = classes(css.headCell, align === 'end' && css.end)
  if (!by) {
    return (
      <div role="columnheader" className={name}>
        {head || <span className="visually-hidden">{label}</span>}
      </div>
    )
  }
  const Arrow = sort === `-${id}` ? ArrowDown : ArrowUp
  return (
    <div
      role="columnheader"
      className={name}
      aria-sort={isBy ? (sort === id ? 'ascending' : 'descending') : 'none'}
    >
      <button type="button" className={css.sorter} onClick={() => onSort(sort === `-${id}` ? id : `-${id}`)}>
        {head}
        <Arrow size={12} aria-hidden className={isBy ? undefined : css.hidden} />
      </button>
    </div>
  )
}

function ordered<T>(items: readonly T[], columns: readonly Column<T>[], sort: string): readonly T[] {
  const by = columns.find((column) => column.id === sort.replace('-', ''))?.by
  if (!by) return items
  const sign = sort.startsWith('-') ? -1 : 1
  return [...items].sort((left, right) => {
    const [a, b] = [by(left), by(right)]
    // What has no value comes last, whichever way.
    if (a == null || b == null) return a == null ? (b == null ? 0 : 1) : -1
    return (
      (typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b))) * sign
    )
  })
}
