/** Which traces are wanted, as it stands in the address, and as the server is asked. */
import { useMemo } from 'react'
import { to, useAddressQuery, useGo } from '../../app/address'
import type { Params, Trace } from '../../data'
import { useNow } from '../../design'

export const NAMES = ['q', 'status', 'step', 'topic', 'range', 'since', 'until'] as const
export type FilterName = (typeof NAMES)[number]
export type Filters = Record<FilterName, string>

/** Of `range`, in ms. */
export const RANGES: Record<string, number> = { '5m': 300_000, '1h': 3_600_000, '1d': 86_400_000 }

export interface Wanted {
  filters: Filters
  /** What the server is asked. */
  params: Params
  isAny: boolean
  /** Only the server can say which traces are meant. */
  needsServer: boolean
}

/** A range that moves with time is asked for anew in steps of this. */
const STEP = 15_000

export function useFilters(): Wanted {
  const search = useAddressQuery()
  const filters = useMemo(() => {
    const given = new URLSearchParams(search)
    return Object.fromEntries(NAMES.map((name) => [name, given.get(name) ?? ''])) as Filters
  }, [search])
  const moves = filters.range in RANGES
  const now = useNow()
  const at = moves ? Math.floor(now / STEP) * STEP : 0
  return useMemo(() => {
    const { q, status, step, topic, range } = filters
    const length = RANGES[range]
    const params: Params = {
      q,
      status,
      step,
      topic,
      since: length === undefined ? time(filters.since) : at - length,
      until: length === undefined ? time(filters.until) : undefined,
    }
    return {
      filters,
      params,
      isAny: NAMES.some((name) => filters[name] !== ''),
      needsServer: Boolean(q || step || topic),
    }
  }, [filters, at])
}

/** Whether a trace belongs into the list, as far as it can be told here. */
export function fits(trace: Trace, { params }: Wanted): boolean {
  return (
    (!params.status || trace.status === params.status) &&
    (params.since == null || trace.startTime >= Number(params.since)) &&
    (params.until == null || trace.startTime <= Number(params.until))
  )
}

function time(text: string): number | undefined {
  const found = Number(text)
  return text !== '' && Number.isFinite(found) ? found : undefined
}

/** Leads to a trace or one run of it; the filters of the list stay. */
export function useTraceLink(): (id?: string, run?: string) => string {
  const search = useAddressQuery()
  return useMemo(() => {
    const given = new URLSearchParams(search)
    const kept = new URLSearchParams()
    for (const name of NAMES) if (given.get(name)) kept.set(name, given.get(name) as string)
    return (id, run) => {
      const params = new URLSearchParams(kept)
      if (run) params.set('run', run)
      return `${to.trace(id)}${params.size ? `?${params}` : ''}`
    }
  }, [search])
}

export function useOpen(): (id?: string, run?: string, options?: { replace?: boolean }) => void {
  const go = useGo()
  const link = useTraceLink()
  return useMemo(() => (id, run, options) => go(link(id, run), options), [go, link])
}
