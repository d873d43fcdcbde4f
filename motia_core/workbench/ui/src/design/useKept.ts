/** What the page remembers on this machine: sizes, the theme, what is folded. Never anything of the project or a secret. */
import { useCallback, useSyncExternalStore } from 'react'

const PREFIX = 'motia-workbench:'
const listeners = new Map<string, Set<() => void>>()
const known = new Map<string, unknown>()

export function kept<T>(name: string, first: T): T {
  if (known.has(name)) return known.get(name) as T
  let value = first
  try {
    const text = localStorage.getItem(PREFIX + name)
    if (text !== null) value = JSON.parse(text) as T
  } catch {
    // Storage that is forbidden or broken is as good as empty.
  }
  known.set(name, value)
  return value
}

export function keep<T>(name: string, value: T): void {
  known.set(name, value)
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value))
  } catch {
    // It lasts as long as the page then.
  }
  for (const listener of listeners.get(name) ?? []) listener()
}

/** As `useState`, remembered under `name` and shared by all who use that name. */
export function useKept<T>(name: string, first: T): [T, (value: T) => void] {
  const subscribe = useCallback(
    (listener: () => void) => {
      const all = listeners.get(name) ?? new Set()
      listeners.set(name, all.add(listener))
      return () => all.delete(listener)
    },
    [name],
  )
  const value = useSyncExternalStore(subscribe, () => kept(name, first))
  return [value, useCallback((next: T) => keep(name, next), [name])]
}
