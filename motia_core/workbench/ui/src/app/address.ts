/** What is selected stands in the address: hooks that keep it there, and the paths that lead to each thing. */
import { useCallback, useMemo } from 'react'
import { useLocation } from 'wouter'
import { usePathname, useSearch } from 'wouter/use-browser-location'
import { query } from '../data/api'

/** Where the server has put the workbench, without a slash at the end. */
export const BASE = new URL(document.baseURI).pathname.replace(/\/$/, '')

/** Paths within the workbench, for `<Link href>` and `useGo`. */
export const to = {
  overview: () => '/overview',
  flow: (flow?: string, more: { step?: string } = {}) => `/flows${part(flow)}${query(more)}`,
  endpoint: (id?: string) => `/endpoints${query({ open: id })}`,
  trace: (id?: string, more: { run?: string } = {}) => `/traces${part(id)}${query(more)}`,
  traces: (more: { q?: string; step?: string; status?: string; topic?: string } = {}) =>
    `/traces${query(more)}`,
  logs: (more: { q?: string; trace?: string; step?: string; level?: string; open?: string } = {}) =>
    `/logs${query(more)}`,
  state: (group?: string, key?: string) => `/state${query({ group, key })}`,
  queue: (step?: string, more: { state?: string; open?: number } = {}) =>
    `/queues${part(step)}${query(more)}`,
  cron: (name?: string) => `/cron${query({ open: name })}`,
  stream: (stream?: string, group?: string, item?: string) => `/streams${query({ stream, group, item })}`,
  worker: (pool?: string) => `/workers${query({ open: pool })}`,
}

function part(id: string | undefined): string {
  return id === undefined || id === '' ? '' : `/${encodeURIComponent(id)}`
}

/** Goes to a path of `to`; `replace` leaves no step for Back. */
export function useGo(): (path: string, options?: { replace?: boolean }) => void {
  const [, go] = useLocation()
  return go
}

/** The query as the browser has it. `useSearch` of wouter decodes it, and `URLSearchParams` would do so again: `%2F` in a
 *  name would mean another one. */
export const useAddressQuery: () => string = useSearch

/** What the path names after the screen; undefined where it names nothing. wouter leaves a `/` or `?` in it encoded. */
export function useSegment(): string | undefined {
  const segment = usePathname().slice(BASE.length).split('/')[2]
  if (!segment) return undefined
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

/** One parameter of the query: `const [step, setStep] = useParam('step')`. Empty = not there. Typing replaces, choosing
 *  (`{ push: true }`) can be taken back with Back. */
export function useParam(
  name: string,
  first = '',
): [string, (value: string, options?: { push?: boolean }) => void] {
  const search = useAddressQuery()
  const go = useGo()
  const value = useMemo(() => new URLSearchParams(search).get(name) ?? first, [search, name, first])
  const set = useCallback(
    (next: string, options: { push?: boolean } = {}) => {
      // From the address itself: several may be set at once.
      const params = new URLSearchParams(location.search)
      if (next === '' || next === first) params.delete(name)
      else params.set(name, next)
      const path = location.pathname.slice(BASE.length) || '/'
      go(`${path}${params.size ? `?${params}` : ''}`, { replace: !options.push })
    },
    [go, name, first],
  )
  return [value, set]
}
