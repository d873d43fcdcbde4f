/** A stretch of the log that grows at both ends: older pages from the server, newer ones, and what comes live. Holds lines in
 *  the order they were written, each once. Knows no screen and no socket: `ask` gets pages, `hear` is told what came. */
import type { Params } from '../../data/api.ts'
import type { LogLine, Page } from '../../data/types.ts'
import { isAskable, judge, paramsOf, type Wanted } from './wanted.ts'

export type Ask = (params: Params) => Promise<Page<LogLine>>

/** A line to begin at, wherever in the log it stands. */
export interface Target {
  id: string
  time: number
}

export interface Stretch {
  /** Another number is another book: begin anew. */
  book: number
  /** Where reading begins, if not at the end. */
  target: Target | null
  lines: readonly LogLine[]
  /** Nothing has come yet. */
  isLoading: boolean
  isLoadingOlder: boolean
  hasOlder: boolean
  /** The newest line is here: what comes live is added. */
  isAtEnd: boolean
  /** Lines that came while the end is elsewhere. */
  unseen: number
  error: Error | null
}

interface Edge {
  cursor?: string
  since?: number
  until?: number
}

const FIRST = 200
const PAGE = 500
/** Pages of one go over a gap. */
const GOES = 20
const MOST = 120_000
const LEFT = 100_000
/** The server tells of a flood only so many at once. */
const FLOOD = 1000

let books = 0

export class Book {
  stretch: Stretch = {
    book: 0,
    target: null,
    lines: [],
    isLoading: true,
    isLoadingOlder: false,
    hasOlder: false,
    isAtEnd: false,
    unseen: 0,
    error: null,
  }
  private readonly params: Params
  private readonly fits: (line: LogLine) => boolean
  private readonly known = new Set<string>()
  private readonly listeners = new Set<() => void>()
  private older: Edge | null = null
  private newer: Edge | null = null
  private heard: LogLine[] = []
  /** The last line that surely has no gap before it; undefined while there may be one. */
  private sure: string | undefined
  private isGapless = false
  private isBusy = false
  private isOver = false
  private needsMending = false
  private wantsOlder = false
  private readonly ask: Ask
  private readonly canAsk: boolean

  constructor(ask: Ask, wanted: Wanted, now: number, target: Target | null) {
    this.ask = ask
    this.canAsk = isAskable(wanted)
    books += 1
    this.stretch = { ...this.stretch, book: books, target }
    this.params = paramsOf(wanted, now)
    this.fits = judge(wanted, now)
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  get = (): Stretch => this.stretch

  end(): void {
    this.isOver = true
  }

  /** Begins at the end, or around the target when it is not near the end. */
  async open(): Promise<void> {
    this.isOver = false
    if (!this.canAsk) {
      const hint = 'Words are searched here. Signs can be found with a regular expression.'
      const error = Object.assign(new Error('There is no word in this search'), { hint })
      return this.set({ isLoading: false, error })
    }
    await this.guarded(async () => {
      const found = await this.page({ limit: FIRST })
      const { target } = this.stretch
      if (target && !found.items.some((line) => line.id === target.id) && found.next !== null) {
        if (await this.openAround(target)) return
      }
      this.begin(found)
    })
    this.set({ isLoading: false })
  }

  private async openAround(target: Target): Promise<boolean> {
    const [before, after] = await Promise.all([
      this.page({ limit: FIRST, until: earlier(target.time, this.params.until) }),
      this.page({ limit: FIRST, since: later(target.time, this.params.since), order: 'oldest' }),
    ])
    if (![...before.items, ...after.items].some((line) => line.id === target.id)) return false
    this.known.clear()
    const lines = this.fresh([...before.items.toReversed(), ...after.items])
    this.older = before.next === null ? null : { cursor: before.next, until: target.time }
    this.newer = after.next === null ? null : { cursor: after.next, since: target.time }
    this.set({ lines, isAtEnd: this.newer === null, hasOlder: this.older !== null })
    if (this.newer === null) void this.mend()
    return true
  }

  /** Again from the newest line. */
  async reopen(): Promise<void> {
    this.stretch = { ...this.stretch, target: null }
    await this.guarded(async () => this.begin(await this.page({ limit: FIRST })))
  }

  private begin(found: Page<LogLine>): void {
    const live = this.heard.splice(0)
    this.known.clear()
    this.newer = null
    this.older = found.next === null ? null : { cursor: found.next }
    const lines = this.fresh([...found.items.toReversed(), ...live])
    if (this.isGapless) this.sure = lines.at(-1)?.id
    else this.sure = found.items[0]?.id
    this.set({
      lines,
      isLoading: false,
      isAtEnd: true,
      unseen: 0,
      hasOlder: this.older !== null,
      error: null,
    })
  }

  /** Nothing is there any more. */
  empty(): void {
    this.known.clear()
    this.older = this.newer = null
    this.sure = undefined
    this.set({ lines: [], hasOlder: false, isAtEnd: true, unseen: 0 })
  }

  /** Lines that have just come. */
  hear(came: readonly LogLine[]): void {
    const lines = came.filter((line) => this.fits(line) && !this.known.has(line.id))
    if (came.length >= FLOOD) this.gap()
    if (lines.length > 0) {
      if (this.stretch.isLoading) this.heard.push(...lines)
      else if (!this.stretch.isAtEnd) this.set({ unseen: this.stretch.unseen + lines.length })
      else this.append(lines)
    }
    if (came.length >= FLOOD) void this.mend()
  }

  private append(lines: readonly LogLine[]): void {
    const all = [...this.stretch.lines, ...this.fresh(lines)]
    if (this.isGapless) this.sure = all.at(-1)?.id
    if (all.length > MOST) {
      for (const gone of all.splice(0, all.length - LEFT)) this.known.delete(gone.id)
      this.older = { until: all[0]?.time }
    }
    this.set({ lines: all, hasOlder: this.older !== null })
  }

  /** From now on lines may be missing, until `mend`. */
  gap(): void {
    this.isGapless = false
  }

  /** Asks for what came since the last sure line. */
  async mend(): Promise<void> {
    if (!this.canAsk) return
    this.needsMending = this.isBusy || this.stretch.isLoading
    if (this.needsMending || !this.stretch.isAtEnd) return
    this.isGapless = true
    const { sure } = this
    await this.guarded(async () => {
      const found: LogLine[] = []
      let cursor: string | null = null
      for (let go = 0; go < GOES; go += 1) {
        const page: Page<LogLine> = await this.page({ limit: go === 0 ? FIRST : 1000, cursor })
        const at = page.items.findIndex((line) => line.id === sure)
        found.push(...(at < 0 ? page.items : page.items.slice(0, at)))
        cursor = page.next
        if (at >= 0) return this.join(found.reverse(), sure, null)
        if (cursor === null || sure === undefined) break
      }
      // Too far back to fill: what is older is loaded again when somebody looks for it.
      this.join(found.reverse(), undefined, cursor === null ? null : { cursor })
    })
  }

  private join(found: readonly LogLine[], sure: string | undefined, older: Edge | null): void {
    const before = this.stretch.lines
    const at = sure === undefined ? -1 : before.findLastIndex((line) => line.id === sure)
    const rest = before.slice(at + 1)
    const mended = new Set(found.map((line) => line.id))
    if (rest.length === found.length && rest.every((line) => mended.has(line.id)) && at >= 0) return
    const came = sure === undefined ? [] : rest.filter((line) => !mended.has(line.id))
    const lines = [...before.slice(0, at + 1), ...found, ...came]
    this.known.clear()
    for (const line of lines) this.known.add(line.id)
    if (sure === undefined) this.older = older
    if (this.isGapless) this.sure = lines.at(-1)?.id
    this.set({ lines, hasOlder: this.older !== null })
  }

  async loadOlder(): Promise<void> {
    const from = this.older
    // Nobody asks twice: it is done once what is under way has ended.
    this.wantsOlder = from !== null && this.isBusy
    if (from === null || this.isBusy) return
    this.set({ isLoadingOlder: true })
    await this.guarded(async () => {
      const found = await this.page({ limit: PAGE, ...from, until: earlier(from.until, this.params.until) })
      const older = this.fresh(found.items.toReversed())
      this.older = found.next === null ? null : { ...from, cursor: found.next }
      this.set({ lines: [...older, ...this.stretch.lines], hasOlder: this.older !== null })
    })
    this.set({ isLoadingOlder: false })
  }

  async loadNewer(): Promise<void> {
    const from = this.newer
    if (from === null || this.isBusy) return
    await this.guarded(async () => {
      const since = later(from.since, this.params.since)
      const found = await this.page({ limit: PAGE, cursor: from.cursor, since, order: 'oldest' })
      const lines = [...this.stretch.lines, ...this.fresh(found.items)]
      this.newer = found.next === null ? null : { ...from, cursor: found.next }
      this.sure = lines.at(-1)?.id
      this.set({ lines, isAtEnd: this.newer === null, unseen: this.newer === null ? 0 : this.stretch.unseen })
    })
    if (this.newer === null) await this.mend()
  }

  private page(params: Params): Promise<Page<LogLine>> {
    return this.ask({ ...this.params, ...params })
  }

  private async guarded(work: () => Promise<void>): Promise<void> {
    this.isBusy = true
    try {
      await work()
      if (this.stretch.error) this.set({ error: null })
    } catch (error) {
      this.set({ error: error instanceof Error ? error : new Error(String(error)) })
    } finally {
      this.isBusy = false
      if (this.needsMending) setTimeout(() => this.needsMending && void this.mend())
      else if (this.wantsOlder) setTimeout(() => this.wantsOlder && void this.loadOlder())
    }
  }

  /** Those that are not here yet; from now on they are. */
  private fresh(lines: readonly LogLine[]): LogLine[] {
    return lines.filter((line) => {
      if (this.known.has(line.id)) return false
      this.known.add(line.id)
      return true
    })
  }

  private set(change: Partial<Stretch>): void {
    if (this.isOver) return
    this.stretch = { ...this.stretch, ...change }
    for (const listener of this.listeners) listener()
  }
}

function earlier(one: number | undefined, other: unknown): number | undefined {
  return typeof other === 'number' && (one === undefined || other < one) ? other : one
}

function later(one: number | undefined, other: unknown): number | undefined {
  return typeof other === 'number' && (one === undefined || other > one) ? other : one
}
