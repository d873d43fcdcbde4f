/** The keys with their types, sizes, ends and the beginning of their values; some of them ticked. */
import { useEffect, useMemo, useRef, useState } from 'react'
import type { StateEntry } from '../../data'
import { Checkbox, type Column, format, Table, Until } from '../../design'
import css from './State.module.css'
import type { Entries } from './useEntries'
import { idOf, preview } from './values'

interface EntryTableProps {
  entries: Entries
  /** With the group of each. */
  hasGroups: boolean
  selected: string | null
  onSelect: (entry: StateEntry) => void
  ticked: ReadonlySet<string>
  onTick: (entry: StateEntry, isTicked: boolean) => void
}

/** px; below it only keys and values have room. */
const NARROW = 480
const SECOND = new Set(['type', 'size', 'expires'])

export function EntryTable({ entries, hasGroups, selected, onSelect, ticked, onTick }: EntryTableProps) {
  const place = useRef<HTMLDivElement>(null)
  const [isNarrow, setNarrow] = useState(false)
  useEffect(() => {
    const watch = new ResizeObserver(([found]) => setNarrow((found?.contentRect.width ?? NARROW) < NARROW))
    if (place.current) watch.observe(place.current)
    return () => watch.disconnect()
  }, [])
  const columns = useMemo(() => {
    const all = columnsOf(hasGroups, ticked, onTick)
    return isNarrow ? all.filter(({ id }) => !SECOND.has(id)) : all
  }, [hasGroups, ticked, onTick, isNarrow])
  return (
    <div ref={place} className={css.table}>
      <Table
        columns={columns}
        items={entries.items}
        keyOf={idOf}
        label="Entries"
        selected={selected}
        onSelect={onSelect}
        onEnd={entries.loadMore}
        rowTestId={(entry) => `item-${entry.groupId}:${entry.key}`}
        rowClass={(entry) => (entries.flashes.has(idOf(entry)) ? css.flash : undefined)}
        footer={entries.isLoadingMore ? <p className={css.nothing}>Loading more…</p> : null}
      />
    </div>
  )
}

function columnsOf(
  hasGroups: boolean,
  ticked: ReadonlySet<string>,
  onTick: EntryTableProps['onTick'],
): Column<StateEntry>[] {
  const group: Column<StateEntry> = {
    id: 'group',
    head: 'Group',
    width: 'minmax(6rem, 0.6fr)',
    cell: (entry) => <code title={entry.groupId}>{entry.groupId}</code>,
  }
  return [
    {
      id: 'tick',
      head: '',
      label: 'Ticked',
      width: '3.5rem',
      cell: (entry) => <Tick entry={entry} isTicked={ticked.has(idOf(entry))} onTick={onTick} />,
    },
    ...(hasGroups ? [group] : []),
    {
      id: 'key',
      head: 'Key',
      width: 'minmax(8rem, 1fr)',
      cell: (entry) => <code title={entry.key}>{entry.key}</code>,
    },
    {
      id: 'type',
      head: 'Type',
      width: '5rem',
      cell: (entry) => <span className={css.dim}>{typeSaid(entry)}</span>,
    },
    { id: 'size', head: 'Size', width: '5.5rem', align: 'end', cell: (entry) => format.bytes(entry.size) },
    {
      id: 'expires',
      head: 'Ends',
      width: '7.5rem',
      cell: (entry) =>
        entry.expires === null ? (
          <span className={css.dim}>never</span>
        ) : (
          <Until at={entry.expires} late="ended" />
        ),
    },
    {
      id: 'value',
      head: 'Value',
      width: 'minmax(8rem, 2fr)',
      cell: (entry) =>
        entry.type === 'long' ? (
          <span className={css.dim}>open it to load it</span>
        ) : (
          <span className={css.preview}>{preview(entry.value)}</span>
        ),
    },
  ]
}

interface TickProps {
  entry: StateEntry
  isTicked: boolean
  onTick: EntryTableProps['onTick']
}

function Tick({ entry, isTicked, onTick }: TickProps) {
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a tick does not open the row
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys reach the box itself
    <span className={css.tick} onClick={(event) => event.stopPropagation()}>
      <Checkbox
        label={`Tick ${entry.key}`}
        checked={isTicked}
        onChange={(is) => onTick(entry, is)}
        data-testid={`tick-${entry.groupId}:${entry.key}`}
      />
    </span>
  )
}

function typeSaid({ type }: StateEntry): string {
  return type === 'long' ? 'large' : type
}
