/** One pattern over many lines: hands them to a worker in bites, newest first, and remembers what was found. A pattern that takes
 *  too long is stopped, so that the page never is. */
import type { LogLine } from '../../data'
import type { PatternAnswer, PatternTask } from './patterns'
import { textOf } from './text'
import type { Range } from './words'

const BITE = 2000
/** ms for one bite; usual patterns take two or three. */
const PATIENCE = 1500
const NONE: readonly Range[] = []

export interface Matched {
  /** Lines that were looked through. */
  looked: number
  /** All that was given has been looked through, or it was stopped. */
  isDone: boolean
  wasStopped: boolean
}

export class Matcher {
  readonly pattern: string
  state: Matched = { looked: 0, isDone: false, wasStopped: false }
  private readonly places = new WeakMap<LogLine, readonly Range[]>()
  private readonly onNews: () => void
  private worker: Worker | null = null
  private isReady = false
  private task = 0
  private bite: readonly LogLine[] = []
  private lines: readonly LogLine[] = []
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(pattern: string, onNews: () => void) {
    this.pattern = pattern
    this.onNews = onNews
  }

  /** Begins, or ends what `end` has ended. */
  begin(): void {
    if (this.worker) return
    this.worker = new Worker(new URL('./pattern.worker.ts', import.meta.url), { type: 'module' })
    this.worker.onmessage = ({ data }: MessageEvent<PatternAnswer>) => this.answered(data)
    this.worker.onerror = () => this.stop()
    this.goOn()
  }

  end(): void {
    clearTimeout(this.timer)
    this.worker?.terminate()
    this.worker = null
    this.isReady = false
    this.bite = []
  }

  /** The lines to look through; those that were already are not again. */
  look(lines: readonly LogLine[]): void {
    this.lines = lines
    this.goOn()
  }

  /** Where the pattern stands; empty where it does not, undefined while that is not known. */
  placesIn(line: LogLine): readonly Range[] | undefined {
    return this.places.get(line)
  }

  private goOn(): void {
    if (!this.isReady || this.bite.length > 0 || this.state.wasStopped) return
    const bite: LogLine[] = []
    for (let at = this.lines.length - 1; at >= 0 && bite.length < BITE; at -= 1) {
      const line = this.lines[at]
      if (line && !this.places.has(line)) bite.push(line)
    }
    if (bite.length === 0) {
      if (!this.state.isDone) this.say({ isDone: true, looked: this.lines.length })
      return
    }
    this.bite = bite
    this.task += 1
    this.state = { ...this.state, isDone: false }
    const asked: PatternTask = {
      task: this.task,
      pattern: this.pattern,
      texts: bite.map((line) => textOf(line).text),
    }
    this.worker?.postMessage(asked)
    this.timer = setTimeout(() => this.stop(), PATIENCE)
  }

  private answered({ task, found }: PatternAnswer): void {
    if (task === 0) this.isReady = true
    else if (task === this.task) {
      clearTimeout(this.timer)
      for (const line of this.bite) this.places.set(line, NONE)
      for (const [at, places] of found) {
        const line = this.bite[at]
        if (line) this.places.set(line, pairs(places))
      }
      this.say({ looked: this.state.looked + this.bite.length })
      this.bite = []
    }
    this.goOn()
  }

  private stop(): void {
    this.end()
    this.say({ isDone: true, wasStopped: true })
  }

  private say(change: Partial<Matched>): void {
    this.state = { ...this.state, ...change }
    this.onNews()
  }
}

function pairs(places: readonly number[]): Range[] {
  const ranges: Range[] = []
  for (let at = 0; at + 1 < places.length; at += 2) ranges.push([places[at] ?? 0, places[at + 1] ?? 0])
  return ranges
}
