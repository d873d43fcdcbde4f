/** Hooks for single answers: `useGet` reads and keeps fresh, `usePost` does something and says when it went wrong. */
import {
  keepPreviousData,
  QueryClient,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import { toast } from '../design/notices'
import { ApiError, get, type Params, post } from './api'

export const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 1000,
      gcTime: 60_000,
      // What the server refuses it refuses again; only silence is worth another try.
      retry: (failures, error) => error instanceof ApiError && error.status === 0 && failures < 3,
      refetchOnWindowFocus: false,
    },
  },
})

export interface GetOptions {
  enabled?: boolean
  /** Asks again every so many ms. */
  every?: number
  /** Shows the answer to the former parameters until the new one is there. */
  keep?: boolean
}

/** `useGet<Overview>('api/overview')` */
export function useGet<T>(
  path: string,
  params: Params = {},
  options: GetOptions = {},
): UseQueryResult<T, ApiError> {
  return useQuery<T, ApiError>({
    queryKey: [path, params],
    queryFn: ({ signal }) => get<T>(path, params, signal),
    enabled: options.enabled,
    refetchInterval: options.every,
    placeholderData: options.keep ? keepPreviousData : undefined,
  })
}

export interface PostOptions<T> {
  /** Paths whose answers are asked for anew: all that begin so. */
  refreshes?: string[]
  /** Shown when it went well. */
  says?: string | ((answer: T) => string)
  onDone?: (answer: T) => void
}

/** `const pause = usePost<{ step: string }>('api/queues/pause', { says: 'Paused' })`, then `pause.mutate({ step })`. */
export function usePost<Body, Answer = unknown>(path: string, options: PostOptions<Answer> = {}) {
  const queries = useQueryClient()
  return useMutation<Answer, ApiError, Body>({
    mutationFn: (body) => post<Answer>(path, body),
    onSuccess: (answer) => {
      const { says } = options
      if (says) toast.ok(typeof says === 'function' ? says(answer) : says)
      if (options.refreshes?.length) refresh(queries, options.refreshes)
      options.onDone?.(answer)
    },
    onError: (error) => {
      if (error.status !== 401) toast.fail(error.message, error.hint)
    },
  })
}

/** Answers whose path begins with one of these are asked for anew. */
export function refresh(queries: QueryClient, paths: string[]): void {
  void queries.invalidateQueries({
    predicate: ({ queryKey }) => paths.some((path) => String(queryKey[0]).startsWith(path)),
  })
}
