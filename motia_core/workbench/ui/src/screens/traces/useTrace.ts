/** The runs of one trace, live; while one of them runs the time goes on. */
import { useEffect, useMemo, useState } from 'react'
import { type Run, useGroup } from '../../data'

const TICK = 250

export interface LiveTrace {
  runs: readonly Run[]
  /** Ends what still runs. */
  now: number
  isLoading: boolean
  error: { message: string } | null
}

export function useTrace(id: string | undefined): LiveTrace {
  const { items, isLoading, error, isStale } = useGroup<Run>('motia-trace', id ?? '', {
    enabled: Boolean(id),
  })
  const runs = useMemo(() => (items.every((run) => run.parentTraceId === id) ? items : []), [items, id])
  const last = useMemo(
    () => runs.reduce((most, run) => Math.max(most, run.endTime ?? run.startTime), 0),
    [runs],
  )
  const isRunning = useMemo(() => runs.some((run) => run.status === 'running'), [runs])
  const now = useTicking(isRunning && !isStale)
  return { runs, now: isRunning ? Math.max(now, last) : last, isLoading, error }
}

function useTicking(is: boolean): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (!is) return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), TICK)
    return () => clearInterval(timer)
  }, [is])
  return now
}
