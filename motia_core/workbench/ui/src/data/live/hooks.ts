/** Hooks that follow streams. Components see arrays and items that change only when there is news. */
import { useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore } from 'react'
import { connection, type LiveStatus } from './connection'
import type { Change, Item, Room, RoomError, Sent } from './protocol'

export interface Live {
  /** Nothing has come yet. */
  isLoading: boolean
  /** The connection is lost: what is shown is what was last heard. */
  isStale: boolean
  error: RoomError | null
}

export interface LiveGroup<T> extends Live {
  /** In the order they were first said; the same array until there is news. */
  items: readonly T[]
}

export interface LiveItem<T> extends Live {
  /** null: there is none, or nothing has come yet. */
  item: T | null
}

export interface FollowOptions<T> {
  enabled?: boolean
  /** Entries kept, 10,000 unless told; the oldest go. */
  most?: number
  /** Hears of each change after the first `sync`, at most once per frame. */
  onChanges?: (changes: Change<T>[]) => void
  /** Hears of what handlers sent without storing it, at most once per frame. */
  onSent?: (events: Sent[]) => void
}

const NONE: readonly never[] = []

/** `useGroup<StepQueue>('__motia.queues')`; hidden streams have the group `default`, `motia-trace` that of the trace. */
export function useGroup<T extends Item>(
  stream: string,
  group = 'default',
  options: FollowOptions<T> = {},
): LiveGroup<T> {
  const room = useRoom<T>(stream, group, undefined, options)
  return { items: (room?.all ?? NONE) as readonly T[], ...live(room) }
}

/** `useItem<Overview>('__motia.overview', 'default', 'overview')` */
export function useItem<T extends Item>(
  stream: string,
  group: string,
  id: string,
  options: FollowOptions<T> = {},
): LiveItem<T> {
  const room = useRoom<T>(stream, group, id, options)
  return { item: (room?.one ?? null) as T | null, ...live(room) }
}

/** The state of the page's one connection. */
export function useLiveStatus(): LiveStatus {
  return useSyncExternalStore(
    (listener) => connection.onStatus(listener),
    () => connection.status,
  )
}

function useRoom<T extends Item>(
  stream: string,
  group: string,
  id: string | undefined,
  { enabled = true, most = 10_000, onChanges, onSent }: FollowOptions<T>,
): Room | null {
  const [room, setRoom] = useState<Room | null>(null)
  const [, redraw] = useState(0)
  const hears = useRef({ onChanges, onSent })
  useEffect(() => {
    hears.current = { onChanges, onSent }
  })
  // Before the screen is drawn: whoever comes back to a room sees it filled at once.
  useLayoutEffect(() => {
    if (!enabled) return
    const followed = connection.follow({ stream, group, id }, most, () => redraw((count) => count + 1), {
      changes: (changes) => hears.current.onChanges?.(changes as Change<T>[]),
      sent: (events) => hears.current.onSent?.(events),
    })
    setRoom(followed.room)
    return () => {
      followed.end()
      setRoom(null)
    }
  }, [stream, group, id, enabled, most])
  return room
}

function live(room: Room | null): Live {
  return {
    isLoading: room === null || !(room.isKnown || room.error),
    isStale: room?.isKnown === true && !room.isFresh,
    error: room?.error ?? null,
  }
}
