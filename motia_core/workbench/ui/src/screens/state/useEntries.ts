/** The entries of a group, or of all, kept fresh: the server tells at once when a group grows or shrinks, and is asked every
 *  little while, as a value may change without that. */
import { useEffect, useMemo, useRef, useState } from 'react'
import { type List, type StateEntry, type StateGroupItem, useGroup, useList } from '../../data'
import { idOf } from './values'

export interface Entries extends List<StateEntry> {
  /** Changed a moment ago, by `idOf`. */
  flashes: ReadonlySet<string>
}

const OFTEN = 2000
const SELDOM = 8000
const FLASH = 1500

export function useEntries(group: string, q: string, filter: string): Entries {
  const [every, setEvery] = useState(OFTEN)
  const list = useList<StateEntry>('api/state', { groupId: group, q, filter }, { every })
  const { items, reload } = list
  useEffect(() => setEvery(items.length > 300 ? SELDOM : OFTEN), [items.length])
  useGroup<StateGroupItem>('__motia.state', 'default', {
    onChanges: (changes) => {
      if (changes.some((change) => group === '' || change.id === group)) reload()
    },
  })
  const flashes = useFlashes(items, `${group}\n${q}\n${filter}`, list.isStale)
  return { ...list, flashes }
}

/** Which of them are not what they were when last seen. */
function useFlashes(items: readonly StateEntry[], question: string, isStale: boolean): ReadonlySet<string> {
  const before = useRef<{ question: string; entries: Map<string, StateEntry> } | null>(null)
  const [flashes, setFlashes] = useState<ReadonlySet<string>>(new Set())
  useEffect(() => {
    if (isStale) return
    const entries = new Map(items.map((entry) => [idOf(entry), entry]))
    const last = before.current
    before.current = { question, entries }
    if (last === null || last.question !== question || last.entries.size === 0) return
    const changed = new Set<string>()
    // Answers that are the same keep their objects: what is another object has changed.
    for (const [id, entry] of entries) if (last.entries.get(id) !== entry) changed.add(id)
    if (changed.size === 0 || changed.size > 200) return
    setFlashes(changed)
    const timer = setTimeout(() => setFlashes(new Set()), FLASH)
    return () => clearTimeout(timer)
  }, [items, question, isStale])
  return flashes
}

export interface Groups {
  items: readonly StateGroupItem[]
  isLoading: boolean
  error: { message: string } | null
  loadMore?: () => void
}

const LIVE = 1000

/** All groups that hold anything. The first thousand are live; when there are more they come page by page. */
export function useGroups(text: string): Groups {
  const live = useGroup<StateGroupItem>('__motia.state')
  const isMore = live.items.length >= LIVE
  const listed = useList<{ groupId: string; count: number; size: number }>(
    'api/state/groups',
    { q: text },
    { enabled: isMore, limit: 500, every: 10_000 },
  )
  const items = useMemo(() => {
    if (isMore) return listed.items.map((one) => ({ id: one.groupId, count: one.count, size: one.size }))
    const wanted = text.trim().toLowerCase()
    const found = wanted ? live.items.filter(({ id }) => id.toLowerCase().includes(wanted)) : [...live.items]
    return found.sort((one, other) => (one.id < other.id ? -1 : 1))
  }, [isMore, listed.items, live.items, text])
  return {
    items,
    isLoading: live.isLoading || (isMore && listed.isLoading),
    error: live.error ?? listed.error,
    loadMore: isMore ? listed.loadMore : undefined,
  }
}
