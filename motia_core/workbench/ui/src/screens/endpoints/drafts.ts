/** Drafts and named examples of each endpoint. Drafts live as long as the page, whole; what is stored for the next time has
 *  no secrets and no files. Large ones are not stored. */
import { useCallback, useMemo, useSyncExternalStore } from 'react'
import type { Endpoint } from '../../data'
import { keep, kept, useKept } from '../../design'
import { type Draft, firstDraft, methodsOf, restored, storable } from './draft'

const LARGEST = 256 * 1024
const PAUSE_MS = 300

const drafts = new Map<string, Draft>()
const listeners = new Set<() => void>()
const waiting = new Map<string, ReturnType<typeof setTimeout>>()

/** Takes a draft, or what makes the next one of the one before. */
export type SetDraft = (next: Draft | ((before: Draft) => Draft)) => void

export function useDraft(endpoint: Endpoint): [Draft, SetDraft, reset: () => void] {
  const first = useMemo(() => firstDraft(endpoint), [endpoint])
  const read = useCallback(() => draftOf(endpoint, first), [endpoint, first])
  const draft = useSyncExternalStore(subscribe, read)
  const set = useCallback<SetDraft>(
    (next) => {
      const made = typeof next === 'function' ? next(draftOf(endpoint, first)) : next
      drafts.set(endpoint.id, made)
      store(endpoint.id, made)
      for (const listener of listeners) listener()
    },
    [endpoint, first],
  )
  const reset = useCallback(() => set(firstDraft(endpoint)), [set, endpoint])
  return [draft, set, reset]
}

function draftOf(endpoint: Endpoint, first: Draft): Draft {
  const known = drafts.get(endpoint.id)
  if (known) return known
  const found = restored(kept<unknown>(keyOf(endpoint.id), null), first, methodsOf(endpoint))
  drafts.set(endpoint.id, found)
  return found
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function store(id: string, draft: Draft): void {
  clearTimeout(waiting.get(id))
  waiting.set(
    id,
    setTimeout(() => flush(id, draft), PAUSE_MS),
  )
}

function flush(id: string, draft: Draft): void {
  waiting.delete(id)
  const made = storable(draft)
  if (JSON.stringify(made).length <= LARGEST) keep(keyOf(id), made)
}

// What was typed just before leaving is not lost.
addEventListener('pagehide', () => {
  for (const [id, timer] of waiting) {
    clearTimeout(timer)
    const draft = drafts.get(id)
    if (draft) flush(id, draft)
  }
})

function keyOf(id: string): string {
  return `endpoint:${id}`
}

export interface Example {
  name: string
  at: number
  draft: Draft
}

export interface Examples {
  items: Example[]
  save: (name: string, draft: Draft) => void
  remove: (name: string) => void
  /** Those of a file; of one name the new one stays. Returns how many there were. */
  take: (text: string) => number
}

export function useExamples(endpoint: Endpoint): Examples {
  const [items, set] = useKept<Example[]>(`endpoint-examples:${endpoint.id}`, NONE)
  const without = (name: string) => items.filter((one) => one.name !== name)
  return {
    items,
    save: (name, draft) =>
      set([...without(name), { name, at: Date.now(), draft: storable(draft) }].sort(byName)),
    remove: (name) => set(without(name)),
    take: (text) => {
      const found = JSON.parse(text) as { examples?: unknown }
      const all = (Array.isArray(found.examples) ? found.examples : []) as Partial<Example>[]
      const first = firstDraft(endpoint)
      const taken = all
        .filter((one) => typeof one?.name === 'string')
        .map((one) => ({
          name: String(one.name),
          at: Number(one.at) || Date.now(),
          draft: storable(restored(one.draft, first, methodsOf(endpoint))),
        }))
      const names = new Set(taken.map((one) => one.name))
      set([...items.filter((one) => !names.has(one.name)), ...taken].sort(byName))
      return taken.length
    },
  }
}

const NONE: Example[] = []

function byName(a: Example, b: Example): number {
  return a.name.localeCompare(b.name)
}

/** The file of all examples of an endpoint. */
export function exported(endpoint: Endpoint, items: Example[]): string {
  const { method, path, step } = endpoint
  return `${JSON.stringify({ endpoint: { method, path, step }, examples: items }, null, 2)}\n`
}
