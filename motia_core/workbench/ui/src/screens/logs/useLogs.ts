/** The log as a screen sees it: the stretch that is loaded, followed live, and narrowed down by a pattern. */
import { useEffect, useMemo, useReducer, useRef, useState, useSyncExternalStore } from 'react'
import { get, type LogLine, type Page, type Params, useGroup } from '../../data'
import { Book, type Stretch, type Target } from './book'
import { type Matched, Matcher } from './matcher'
import { patternError } from './patterns'
import type { Wanted } from './wanted'

export interface Followed {
  book: Book
  stretch: Stretch
  /** What is shown belongs to the former filters. */
  isStale: boolean
}

/** Begins anew when other lines are wanted. `target` is where it begins; later ones do not move it. */
export function useBook(wanted: Wanted, target: Target | null): Followed {
  const key = JSON.stringify(wanted)
  const first = useRef(target)
  first.current = target
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` is what is wanted; the target only says where to begin
  const book = useMemo(() => new Book(ask, wanted, Date.now(), first.current), [key])
  const stretch = useSyncExternalStore(book.subscribe, book.get)
  const hears = useRef(book)
  useEffect(() => {
    hears.current = book
    void book.open()
    return () => book.end()
  }, [book])
  const { isLoading, isStale } = useGroup<LogLine>('__motia.logs', 'default', {
    most: 1,
    onChanges: (changes) => {
      hears.current.hear(changes.filter(({ kind }) => kind !== 'delete').map(({ item }) => item))
    },
  })
  const isFresh = !isLoading && !isStale
  useEffect(() => {
    // What was written between the first page and the first live line, or while nobody listened.
    if (isFresh) void book.mend()
    else book.gap()
  }, [book, isFresh])
  const [last, setLast] = useState(stretch)
  useEffect(() => {
    if (!stretch.isLoading) setLast(stretch)
  }, [stretch])
  const isOld = stretch.isLoading && !last.isLoading
  return {
    book,
    stretch: isOld ? { ...last, isLoadingOlder: false, hasOlder: false } : stretch,
    isStale: isOld,
  }
}

export interface Narrowed {
  lines: readonly LogLine[]
  matcher: Matcher | null
  state: Matched | null
  /** Why the pattern cannot be used. */
  error: string | null
}

export function usePattern(lines: readonly LogLine[], pattern: string): Narrowed {
  const [news, tell] = useReducer((count: number) => count + 1, 0)
  const error = useMemo(() => (pattern ? patternError(pattern) : null), [pattern])
  const matcher = useMemo(() => (pattern && !error ? new Matcher(pattern, tell) : null), [pattern, error])
  useEffect(() => {
    matcher?.begin()
    return () => matcher?.end()
  }, [matcher])
  useEffect(() => matcher?.look(lines), [matcher, lines])
  // biome-ignore lint/correctness/useExhaustiveDependencies: `news` says that more is known
  const narrowed = useMemo(
    () => (matcher ? lines.filter((line) => (matcher.placesIn(line)?.length ?? 0) > 0) : lines),
    [lines, matcher, news],
  )
  return { lines: narrowed, matcher, state: matcher?.state ?? null, error }
}

function ask(params: Params): Promise<Page<LogLine>> {
  return get<Page<LogLine>>('api/logs', params)
}
