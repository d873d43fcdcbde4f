/** The log's part of the address: filters, the pattern, and the line that is open with its time, so that it is found again
 *  however many lines have come since. */
import { useCallback, useMemo } from 'react'
import { useAddressQuery, useGo } from '../../app/address'
import { type LogLine, query } from '../../data'
import type { Target } from './book'
import type { Wanted } from './wanted'

const NAMES = ['q', 're', 'level', 'step', 'trace', 'since', 'until', 'open', 't'] as const
type Name = (typeof NAMES)[number]

export interface LogAddress {
  wanted: Wanted
  pattern: string
  open: string
  /** Where the list begins; null = at the newest line. */
  target: Target | null
  change: (change: Partial<Wanted & { re: string }>) => void
  select: (line: LogLine | null) => void
}

export function useLogAddress(): LogAddress {
  const search = useAddressQuery()
  const go = useGo()
  const found = useMemo(() => read(search), [search])
  const { q, level, step, trace, since, until, re, open, t } = found
  const wanted = useMemo(
    () => ({ q, level, step, trace, since, until }),
    [q, level, step, trace, since, until],
  )
  const change = useCallback(
    (next: Partial<Record<Name, string>>) => {
      const before = read(location.search)
      // Typing replaces; what is chosen can be taken back.
      const replace = 'q' in next || 're' in next
      go(`/logs${query({ ...before, ...next })}`, { replace })
    },
    [go],
  )
  const select = useCallback(
    (line: LogLine | null) => {
      const before = read(location.search)
      if (line === null && before.open === '') return
      const next = line ? { open: line.id, t: String(line.time) } : { open: '', t: '' }
      go(`/logs${query({ ...before, ...next })}`, { replace: before.open !== '' })
    },
    [go],
  )
  const target = useMemo(
    () => (open && /^\d+$/.test(t) ? { id: open, time: Number(t) } : open ? { id: open, time: 0 } : null),
    [open, t],
  )
  return { wanted, pattern: re, open, target, change, select }
}

function read(search: string): Record<Name, string> {
  const params = new URLSearchParams(search)
  return Object.fromEntries(NAMES.map((name) => [name, params.get(name) ?? ''])) as Record<Name, string>
}
