/** Streams, their groups and their items, as the screens need them: which come live, which page by page. */
import { useEffect, useMemo } from 'react'
import {
  type Change,
  type Item,
  type Json,
  type LiveItem,
  type Sent,
  type StreamDetails,
  type StreamGroup,
  type StreamLine,
  useGet,
  useGroup,
  useItem,
  useList,
} from '../../data'

export type StreamItem = Item & { [key: string]: Json }

/** Groups up to this size are followed; larger ones come page by page. */
export const FOLLOWED = 2000
const EVERY_MS = 2000
/** Lists longer than this are not asked for again by themselves. */
const FRESH = 300

/** All streams; the names come live, the counts every two seconds. */
export function useStreams(hidden: boolean) {
  const registry = useGroup<Item>('__motia.streams-registry')
  const list = useList<StreamLine>('api/streams', { hidden }, { limit: 500, every: EVERY_MS })
  const { reload } = list
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever a stream comes or goes
  useEffect(reload, [registry.items, reload])
  return list
}

export function useDetails(stream: string) {
  return useGet<StreamDetails>(`/__motia/streams/details/${encodeURIComponent(stream)}`)
}

/** The hidden streams are computed: they have the group `default`, but for that of traces, which has one per trace. */
export function useGroups(stream: StreamDetails, q: string) {
  const list = useList<StreamGroup>(
    'api/streams/groups',
    { stream: stream.name, q },
    { enabled: !stream.hidden, limit: 200, every: EVERY_MS },
  )
  const own = useMemo(
    () => (stream.name === 'motia-trace' ? [] : [{ groupId: 'default', count: 0, size: 0, followers: 0 }]),
    [stream.name],
  )
  // How a list of none that was never asked for stands is of no interest.
  return stream.hidden ? { ...list, items: own, isLoading: false } : list
}

/** How much a group holds: whether it is followed or asked for depends on it. Undefined where it holds nothing, or hidden. */
export function useExtent(stream: StreamDetails, group: string): { isKnown: boolean; extent?: StreamGroup } {
  const { items, isLoading } = useList<StreamGroup>(
    'api/streams/groups',
    { stream: stream.name, groupId: group },
    { enabled: !stream.hidden && group !== '', limit: 1, every: EVERY_MS },
  )
  return { isKnown: stream.hidden || !isLoading, extent: items.find((one) => one.groupId === group) }
}

/** live: followed; asked: page by page, as the group is large; refused: `canAccess` does not let this page follow. */
export type Way = 'live' | 'asked' | 'refused'

export interface Items {
  /** Undefined until it is known, and where the group holds nothing. */
  extent: StreamGroup | undefined
  items: readonly StreamItem[]
  isLoading: boolean
  error: { message: string } | null
  way: Way
  loadMore: () => void
  reload: () => void
}

export function useItems(
  stream: StreamDetails,
  group: string,
  onChanges: (changes: Change<StreamItem>[]) => void,
): Items {
  const { isKnown, extent } = useExtent(stream, group)
  const count = extent?.count ?? 0
  const isLarge = count > FOLLOWED
  const live = useGroup<StreamItem>(stream.name, group, { enabled: isKnown && !isLarge, onChanges })
  const isRefused = live.error?.code === 'STREAM_ACCESS_DENIED'
  const way = isLarge ? 'asked' : isRefused ? 'refused' : 'live'
  const list = useList<StreamItem>(
    'api/streams/items',
    { stream: stream.name, groupId: group },
    {
      enabled: way !== 'live',
      limit: FRESH,
      every: way === 'refused' && count <= FRESH ? EVERY_MS : undefined,
    },
  )
  const { items, isLoading, error } = way === 'live' ? live : list
  return { items, isLoading, error, way, extent, loadMore: list.loadMore, reload: list.reload }
}

/** One item, heard of in its group where that is followed anyway, else alone. */
export function useLiveItem(
  stream: StreamDetails,
  group: string,
  id: string,
  onChanges: (changes: Change<StreamItem>[]) => void,
  onSent: (events: Sent[]) => void,
): LiveItem<StreamItem> {
  const { isKnown, extent } = useExtent(stream, group)
  const isLarge = (extent?.count ?? 0) > FOLLOWED
  const whole = useGroup<StreamItem>(stream.name, group, {
    enabled: isKnown && !isLarge,
    onChanges: (changes) => {
      const own = changes.filter((change) => change.id === id)
      if (own.length > 0) onChanges(own)
    },
    onSent: (events) => {
      const own = events.filter((one) => one.id === id)
      if (own.length > 0) onSent(own)
    },
  })
  const alone = useItem<StreamItem>(stream.name, group, id, { enabled: isLarge, onChanges, onSent })
  return isLarge ? alone : { ...whole, item: whole.items.find((one) => one.id === id) ?? null }
}
