/** The groups at the left: how much each holds. */
import { useState } from 'react'
import { classes, ErrorNote, format, SearchField, Skeleton, VirtualList } from '../../design'
import css from './State.module.css'
import type { Groups } from './useEntries'

interface GroupListProps {
  groups: Groups
  text: string
  onText: (text: string) => void
  /** Empty = all. */
  selected: string
  onSelect: (group: string) => void
}

interface Line {
  id: string
  label: string
  count: number
  size: number
}

export function GroupList({ groups, text, onText, selected, onSelect }: GroupListProps) {
  const { items, isLoading, error, loadMore } = groups
  const all = {
    id: '',
    label: 'All groups',
    count: items.reduce((sum, one) => sum + one.count, 0),
    size: items.reduce((sum, one) => sum + one.size, 0),
  }
  const lines: Line[] = [
    ...(text ? [] : [all]),
    ...items.map((one) => ({ id: one.id, label: one.id, count: one.count, size: one.size })),
  ]
  return (
    <div className={css.groups}>
      <div className={css.groupsHead}>
        <SearchField value={text} onChange={onText} label="Search groups" testId="groups-search" />
      </div>
      {error ? <ErrorNote error={error} /> : null}
      {isLoading ? (
        <Skeleton rows={5} height={44} />
      ) : (
        <VirtualList
          items={lines}
          keyOf={(line) => line.id}
          row={(line) => <GroupLine line={line} isPartial={loadMore !== undefined && line.id === ''} />}
          label="Groups"
          height={44}
          selected={selected}
          onSelect={(line) => onSelect(line.id)}
          rowTestId={(line) => `group-${line.id || 'all'}`}
          onEnd={loadMore}
        />
      )}
      {!isLoading && lines.length === 0 ? (
        <p className={css.nothing}>No group has this in its name.</p>
      ) : null}
    </div>
  )
}

function GroupLine({ line, isPartial }: { line: Line; isPartial: boolean }) {
  return (
    <div className={css.group}>
      <span className={classes(css.groupName, line.id !== '' && css.code)} title={line.label}>
        {line.label}
      </span>
      <span className={css.groupAbout}>
        {isPartial ? '' : `${format.plural(line.count, 'key')} · ${format.bytes(line.size)}`}
      </span>
    </div>
  )
}

/** The text by which groups are narrowed down is not worth an address. */
export function useGroupText(): [string, (text: string) => void] {
  return useState('')
}
