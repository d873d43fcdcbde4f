/** How figures went lately, as long as the page is open: one value every two seconds, five minutes of them. Nothing is kept
 *  beyond the page. */
import { useEffect, useRef, useSyncExternalStore } from 'react'

const EVERY = 2000
const MOST = 150
const NONE: readonly number[] = []

const trends = new Map<string, readonly number[]>()
const listeners = new Set<() => void>()

/** Adds a value to the end; the oldest goes. */
export function push(name: string, value: number): void {
  const before = trends.get(name) ?? NONE
  trends.set(name, [...before.slice(Math.max(0, before.length + 1 - MOST)), value])
}

/** Notes what `values` are now, every two seconds, while the component is there. */
export function useNoted(values: Record<string, number> | null): void {
  const now = useRef(values)
  useEffect(() => {
    now.current = values
  })
  useEffect(() => {
    const note = () => {
      if (now.current === null) return
      for (const [name, value] of Object.entries(now.current)) push(name, value)
      for (const listener of listeners) listener()
    }
    const timer = setInterval(note, EVERY)
    return () => clearInterval(timer)
  }, [])
}

export function useTrend(name: string): readonly number[] {
  return useSyncExternalStore(subscribe, () => trends.get(name) ?? NONE)
}

/** Forgets what nobody has any more: `keeps` says whether a name is still there. */
export function forget(keeps: (name: string) => boolean): void {
  for (const name of trends.keys()) if (!keeps(name)) trends.delete(name)
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
