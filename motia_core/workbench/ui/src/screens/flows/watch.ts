/** What is going on in each step and passes along each line, told to those nodes and lines alone: a thousand steps are not
 *  drawn anew because one of them ran. Counts begin when this page first looked. */
import {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
} from 'react'
import { connection, type Passed, type StepQueue, useGroup } from '../../data'

export interface Failing {
  message: string
  traceId: string
  run: string
  at: number
}

/** One step as its node shows it. The same object until there is news. */
export interface Going {
  /** Since this page looks. */
  runs: number
  running: number
  waiting: number
  dead: number
  paused: boolean
  failing: Failing | null
}

const QUIET: Going = { runs: 0, running: 0, waiting: 0, dead: 0, paused: false, failing: null }
/** Between the beginnings of two pulses of a batch (ms), so that one sees which came first. */
const APART = 420
const LONGEST = 2100
/** What passed while nobody saw it still runs along its line if it is no older than this (ms), once the graph stands. */
const RECENT = 20_000
const SETTLING = 400

type Pulse = (count: number, delay: number) => void

export function lineKey(from: string, topic: string, to: string): string {
  return JSON.stringify([from, topic, to])
}

export class Watch {
  private steps = new Map<string, Going>()
  private queues = new Map<string, StepQueue>()
  private seen = new Map<string, Passed>()
  private first = new Map<string, number>()
  private counts = new Map<string, number>()
  private listeners = new Map<string, Set<() => void>>()
  private pulses = new Map<string, Set<Pulse>>()
  private missed = new Map<string, { count: number; at: number; heard: number; isNew: boolean }>()
  private isBegun = false

  step = (name: string): Going => this.steps.get(name) ?? QUIET
  count = (line: string): number => this.counts.get(line) ?? 0

  /** `name` of a step, or the key of a line. */
  onNews(name: string, listener: () => void): () => void {
    return held(this.listeners, name, listener)
  }

  /** Also hears of what passed just before it began to listen. */
  onPulse(line: string, pulse: Pulse): () => void {
    const mine = this.missed.get(line)
    if (mine?.isNew && Date.now() - mine.heard < RECENT) {
      const before = [...this.missed.values()].filter((one) => one.isNew && one.at < mine.at)
      pulse(mine.count, SETTLING + delayOf(before.length))
      // All lines of a graph begin to listen together, and are told in the order of what passed.
      setTimeout(() => {
        mine.isNew = false
      })
    }
    return held(this.pulses, line, pulse)
  }

  queued(items: readonly StepQueue[]): void {
    for (const item of items) {
      if (this.queues.get(item.step) === item) continue
      this.queues.set(item.step, item)
      this.refresh(item.step)
    }
  }

  passed(items: readonly Passed[]): void {
    const hops: { line: string; count: number; at: number }[] = []
    for (const item of items) {
      const before = this.seen.get(item.id)
      if (before === item) continue
      this.seen.set(item.id, item)
      // Fewer than before: the server has begun anew.
      if (!this.isBegun || (before && item.runs < before.runs)) this.first.set(item.id, item.runs)
      for (const hop of item.hops) {
        if (hop.source === null) continue
        const known = before?.hops.find((one) => one.source === hop.source && one.topic === hop.topic)
        const count = hop.count - Math.min(known?.count ?? 0, hop.count)
        if (this.isBegun && count > 0)
          hops.push({ line: lineKey(hop.source, hop.topic, item.id), count, at: hop.at })
      }
      this.refresh(item.id)
    }
    this.isBegun = true
    hops.sort((a, b) => a.at - b.at)
    hops.forEach(({ line, count, at }, rank) => {
      this.counts.set(line, this.count(line) + count)
      tell(this.listeners.get(line))
      const pulses = this.pulses.get(line)
      for (const pulse of pulses ?? []) pulse(count, delayOf(rank))
      if (!pulses) this.missed.set(line, { count, at, heard: Date.now(), isNew: true })
    })
  }

  private refresh(name: string): void {
    const queue = this.queues.get(name)
    const passed = this.seen.get(name)
    this.steps.set(name, {
      runs: passed ? Math.max(0, passed.runs - (this.first.get(name) ?? 0)) : 0,
      running: Math.max(passed?.running ?? 0, queue?.running ?? 0),
      waiting: queue ? queue.ready + queue.delayed + queue.blocked : 0,
      dead: queue?.dead ?? 0,
      paused: queue?.paused ?? false,
      failing: passed?.failing ?? null,
    })
    tell(this.listeners.get(name))
  }
}

function delayOf(rank: number): number {
  return Math.min(rank * APART, LONGEST)
}

function held<T>(all: Map<string, Set<T>>, name: string, one: T): () => void {
  const mine = all.get(name) ?? new Set<T>()
  all.set(name, mine.add(one))
  return () => {
    mine.delete(one)
    if (mine.size === 0 && all.get(name) === mine) all.delete(name)
  }
}

function tell(listeners: Set<() => void> | undefined): void {
  for (const listener of listeners ?? []) listener()
}

export const WatchContext = createContext(new Watch())

/** How long it goes on following on other screens (ms): whoever sends an order there wants to see it pass here. */
const STAYS = 300_000

/** The page's one watch: counts go on while another screen is shown. */
let kept: { watch: Watch; holders: number; end: () => void; timer?: ReturnType<typeof setTimeout> } | null =
  null

function begun(): NonNullable<typeof kept> {
  if (kept) return kept
  const watch = new Watch()
  const hear = () => {
    if (room.isKnown) watch.passed(room.all as readonly Passed[])
  }
  const { room, end } = connection.follow({ stream: '__motia.passing', group: 'default' }, 10_000, hear)
  hear()
  kept = { watch, holders: 0, end }
  return kept
}

function hold(): () => void {
  const mine = begun()
  mine.holders += 1
  clearTimeout(mine.timer)
  return () => {
    mine.holders -= 1
    if (mine.holders > 0) return
    mine.timer = setTimeout(() => {
      mine.end()
      kept = null
    }, STAYS)
  }
}

export function useWatch(): Watch {
  const [watch] = useState(() => begun().watch)
  const queues = useGroup<StepQueue>('__motia.queues')
  useEffect(hold, [])
  useEffect(() => watch.queued(queues.items), [watch, queues.items])
  return watch
}

export function useGoing(name: string): Going {
  const watch = useContext(WatchContext)
  const follow = useCallback((listener: () => void) => watch.onNews(name, listener), [watch, name])
  return useSyncExternalStore(follow, () => watch.step(name))
}

export function useCount(line: string): number {
  const lines = useMemo(() => [line], [line])
  return useCounts(lines)
}

/** Of all of them together; the same array as long as they are the same. */
export function useCounts(lines: readonly string[]): number {
  const watch = useContext(WatchContext)
  const follow = useCallback(
    (listener: () => void) => {
      const ends = lines.map((line) => watch.onNews(line, listener))
      return () => {
        for (const end of ends) end()
      }
    },
    [watch, lines],
  )
  return useSyncExternalStore(follow, () => lines.reduce((sum, line) => sum + watch.count(line), 0))
}
