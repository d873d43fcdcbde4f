/** The versions of authors' components, asked for as long as a graph has any. */
import { createContext, useMemo } from 'react'
import { type Page, type Step, useGet } from '../../../data'

export const VersionsContext = createContext<ReadonlyMap<string, string>>(new Map())

const EVERY = 2000

export function useVersions(steps: readonly Step[], isDev: boolean): ReadonlyMap<string, string> {
  const enabled = isDev && steps.some((step) => step.nodeComponentPath !== undefined)
  const { data } = useGet<Page<{ id: string; version: string }>>(
    'api/components',
    {},
    { enabled, every: EVERY },
  )
  return useMemo(() => new Map(data?.items.map((one) => [one.id, one.version])), [data])
}
