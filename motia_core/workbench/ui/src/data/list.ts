/** Lists that come page by page. A short page with a `next` means that the search goes on: then this asks on by itself,
 *  until there is a screenful or it has looked far enough for one go. */
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import { type ApiError, get, type Params } from './api'
import type { Page } from './types'

const GOES = 8

export interface List<T> {
  items: T[]
  /** Nothing has come yet. */
  isLoading: boolean
  isLoadingMore: boolean
  /** What is shown belongs to the former question. */
  isStale: boolean
  hasMore: boolean
  error: ApiError | null
  /** Safe to call at any time, as often as one likes. */
  loadMore: () => void
  reload: () => void
}

export interface ListOptions {
  /** Entries per page, 100 unless told. */
  limit?: number
  enabled?: boolean
  /** Asks for what is shown again every so many ms. */
  every?: number
}

/** `useList<Trace>('api/traces', { q, status })` */
export function useList<T>(path: string, params: Params = {}, options: ListOptions = {}): List<T> {
  const limit = options.limit ?? 100
  const found = useInfiniteQuery<Page<T>, ApiError, { pages: Page<T>[] }, unknown[], string | null>({
    queryKey: [path, params, 'list', limit],
    queryFn: ({ pageParam, signal }) => page<T>(path, { ...params, limit }, pageParam, signal),
    initialPageParam: null,
    getNextPageParam: (last) => last.next,
    enabled: options.enabled,
    refetchInterval: options.every,
    placeholderData: keepPreviousData,
  })
  const { fetchNextPage, hasNextPage, isFetchingNextPage, refetch } = found
  const items = useMemo(() => found.data?.pages.flatMap((one) => one.items) ?? [], [found.data])
  const loadMore = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [fetchNextPage, hasNextPage, isFetchingNextPage])
  const reload = useCallback(() => void refetch(), [refetch])
  return {
    items,
    isLoading: found.isPending,
    isLoadingMore: isFetchingNextPage,
    isStale: found.isPlaceholderData,
    hasMore: hasNextPage,
    error: found.error,
    loadMore,
    reload,
  }
}

async function page<T>(
  path: string,
  params: Params,
  cursor: string | null,
  signal: AbortSignal,
): Promise<Page<T>> {
  const items: T[] = []
  let next = cursor
  for (let go = 0; go < GOES; go += 1) {
    const found = await get<Page<T>>(path, { ...params, cursor: next }, signal)
    items.push(...found.items)
    next = found.next
    if (next === null || items.length >= Number(params.limit) / 2) break
  }
  return { items, next }
}
