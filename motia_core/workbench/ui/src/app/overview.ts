/** What the shell shows of the project at all times: its name, its health, the numbers beside the screens. */
import { useEffect } from 'react'
import { type About, type Overview, useGet, useItem, useLiveStatus } from '../data'
import { useKept } from '../design'

export function useAbout(): About | undefined {
  return useGet<About>('/__motia').data
}

export function useOverview() {
  return useItem<Overview & { id: string }>('__motia.overview', 'default', 'overview')
}

/** How many failed traces have come since the list of traces was last looked at. At most 10: the overview holds no more. */
export function useNewFailures(overview: Overview | null, isLooking: boolean): number {
  const [seen, setSeen] = useKept('failures-seen', 0)
  const newest = Math.max(0, ...(overview?.failures.map((one) => one.endTime ?? one.startTime) ?? []))
  useEffect(() => {
    if (isLooking && newest > seen) setSeen(newest)
  }, [isLooking, newest, seen, setSeen])
  return overview?.failures.filter((one) => (one.endTime ?? one.startTime) > seen).length ?? 0
}

/** `ok`, `degraded`, `failing`, `draining`, or `offline` while nobody answers. */
export function useHealth(overview: Overview | null): string {
  const { state } = useLiveStatus()
  return state === 'offline' ? 'offline' : (overview?.health.status ?? 'connecting')
}
