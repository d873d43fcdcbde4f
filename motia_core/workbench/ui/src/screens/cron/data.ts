/** Cron steps as they are now, each with its last runs. The figures come live; the runs are asked for when figures move. */
import { useEffect, useMemo, useRef } from 'react'
import { type Cron, useGroup, useList } from '../../data'

/** Between two questions, however fast the steps tick; for each page of steps. */
const PAUSE_MS = 2000
const PER_PAGE = 100

export function useCrons() {
  const live = useGroup<Cron>('__motia.crons')
  const list = useList<Cron>('api/crons')
  const { items, error } = live
  const signs = useMemo(
    () => items.map((one) => `${one.runs}/${one.failures}/${one.running}`).join(),
    [items],
  )
  useAfter(signs, list.reload, PAUSE_MS * Math.max(1, Math.ceil(items.length / PER_PAGE)))
  const { loadMore } = list
  // biome-ignore lint/correctness/useExhaustiveDependencies: after each page the next, until all are there
  useEffect(loadMore, [list.items.length, loadMore])
  const crons = useMemo(() => {
    const ran = new Map(list.items.map((one) => [one.id, one]))
    return items.map((one) => ({ ...one, last: ran.get(one.id)?.last, recent: ran.get(one.id)?.recent }))
  }, [items, list.items])
  return { crons, isLoading: live.isLoading, error: error ?? list.error }
}

/** Calls `then` after `signs` have changed, at most every so many ms. */
export function useAfter(signs: string, then: () => void, pause = PAUSE_MS): void {
  const seen = useRef(signs)
  const last = useRef(0)
  useEffect(() => {
    if (seen.current === signs) return
    const timer = setTimeout(
      () => {
        seen.current = signs
        last.current = Date.now()
        then()
      },
      Math.max(150, last.current + pause - Date.now()),
    )
    return () => clearTimeout(timer)
  }, [signs, then, pause])
}
