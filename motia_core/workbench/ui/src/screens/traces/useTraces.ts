/** The list of traces, newest first: pages of the server, and what is live laid over them. */
import { useCallback, useEffect, useMemo, useRef } from 'react'
import { type ApiError, type Trace, useGroup, useList } from '../../data'
import { fits, type Wanted } from './filters'

const BETWEEN = 2000

export interface Traces {
  items: readonly Trace[]
  isLoading: boolean
  isLoadingMore: boolean
  isStale: boolean
  hasMore: boolean
  error: ApiError | null
  loadMore: () => void
  reload: () => void
}

export function useTraces(wanted: Wanted): Traces {
  const list = useList<Trace>('api/traces', wanted.params)
  const again = useSlowly(list.reload, BETWEEN)
  const { items: live, isLoading } = useGroup<Trace>('motia-trace-group', 'default', {
    // What a search means is for the server to say.
    onChanges: () => wanted.needsServer && again(),
  })
  const items = useMemo(() => {
    const found = new Map(list.items.map((trace) => [trace.id, trace]))
    const oldest = list.hasMore ? (list.items.at(-1)?.startTime ?? 0) : 0
    for (const trace of live) {
      if (found.has(trace.id)) found.set(trace.id, trace)
      // An old one that lives again stands on a page that is still to come.
      else if (!wanted.needsServer && !list.isLoading && trace.startTime >= oldest) found.set(trace.id, trace)
    }
    return [...found.values()].filter((trace) => fits(trace, wanted)).sort(newestFirst)
  }, [list.items, list.hasMore, list.isLoading, live, wanted])
  return { ...list, items, isLoading: list.isLoading || (isLoading && items.length === 0 && !list.error) }
}

function newestFirst(a: Trace, b: Trace): number {
  return b.startTime - a.startTime || (a.id < b.id ? 1 : -1)
}

/** `what` at most once in so many ms, and once after the last call. */
function useSlowly(what: () => void, ms: number): () => void {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const now = useRef(what)
  useEffect(() => {
    now.current = what
  })
  useEffect(() => () => clearTimeout(timer.current), [])
  return useCallback(() => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined
      now.current()
    }, ms)
  }, [ms])
}
