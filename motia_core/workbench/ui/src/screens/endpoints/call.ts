/** One request that is sent, and what comes back, piece by piece. Remembers a bounded part of what came. */
import { type Format, formatOf, type Heard, Listener } from './events'
import { type Asked, decoded } from './request'

export type CallState = 'waiting' | 'receiving' | 'done' | 'failed' | 'cancelled'

const MOST_BYTES = 32 * 1024 * 1024
const MOST_TEXT = 2_000_000
const MOST_EVENTS = 5_000
const TELL_MS = 100

export class Call {
  /** Grows with each piece of news. */
  version = 0
  state: CallState = 'waiting'
  readonly id: string
  readonly asked: Asked
  readonly at = Date.now()
  status = 0
  statusText = ''
  headers: [name: string, value: string][] = []
  /** Where it was led to, if anywhere. */
  redirected = ''
  /** A redirect that was not followed: the browser says nothing of it. */
  isOpaque = false
  error = ''
  traceId = ''
  type = ''
  format: Format | null = null
  events: Heard[] = []
  /** What came, as text; of a long one the end. */
  text = ''
  size = 0
  /** Not all of it was kept. */
  isCut = false
  /** ms from sending to the first line of the answer, and to its end. */
  first: number | null = null
  took: number | null = null
  private readonly chunks: Uint8Array<ArrayBuffer>[] = []
  private readonly started = performance.now()
  private readonly stop = new AbortController()
  private readonly listeners = new Set<() => void>()
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(id: string, asked: Asked) {
    this.id = id
    this.asked = asked
  }

  get isUnderWay(): boolean {
    return this.state === 'waiting' || this.state === 'receiving'
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  cancel(): void {
    this.stop.abort()
  }

  /** All that was kept, as it came. */
  blob(type = this.type): Blob {
    return new Blob(this.chunks, { type })
  }

  bytes(most: number): Uint8Array {
    const found: number[] = []
    for (const chunk of this.chunks) {
      found.push(...chunk.subarray(0, most - found.length))
      if (found.length >= most) break
    }
    return Uint8Array.from(found)
  }

  async send(): Promise<void> {
    try {
      await this.receive(await fetch(...this.init()))
      this.end('done')
    } catch (error) {
      if (this.stop.signal.aborted) return this.end('cancelled')
      this.error = error instanceof Error ? error.message : String(error)
      this.end('failed')
    }
  }

  private init(): [string, RequestInit] {
    const { method, target, headers, cookies, follows } = this.asked
    const init: RequestInit = {
      method,
      headers,
      body: bodyOf(this.asked),
      signal: this.stop.signal,
      credentials: cookies ? 'same-origin' : 'omit',
      redirect: follows ? 'follow' : 'manual',
      cache: 'no-store',
    }
    // With the origin before it, a path that begins with two slashes leads nowhere else.
    return [location.origin + target, init]
  }

  private async receive(answer: Response): Promise<void> {
    this.first = performance.now() - this.started
    this.status = answer.status
    this.statusText = answer.statusText
    this.headers = [...answer.headers]
    this.redirected = answer.redirected ? answer.url : ''
    this.isOpaque = answer.type === 'opaqueredirect'
    this.traceId = answer.headers.get('x-trace-id') ?? ''
    this.type = answer.headers.get('content-type') ?? ''
    this.format = formatOf(this.type)
    this.state = 'receiving'
    this.tell()
    if (!answer.body) return
    const listener = this.format ? new Listener(this.format) : null
    const decoder = decoderFor(this.type)
    const reader = answer.body.getReader()
    const take = (text: string) => {
      this.text = (this.text + text).slice(-MOST_TEXT)
      if (listener) this.heard(listener.hear(text, performance.now() - this.started))
    }
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      if (this.size + value.length <= MOST_BYTES) this.chunks.push(value)
      else this.isCut = true
      this.size += value.length
      take(decoder.decode(value, { stream: true }))
      this.tellSoon()
    }
    take(decoder.decode())
    if (listener) this.heard(listener.end(performance.now() - this.started))
  }

  private heard(events: Heard[]): void {
    // Another array each time, so that what shows it knows of the news.
    if (events.length) this.events = [...this.events, ...events].slice(-MOST_EVENTS)
  }

  private end(state: CallState): void {
    this.took = performance.now() - this.started
    this.state = state
    clearTimeout(this.timer)
    this.tell()
  }

  private tellSoon(): void {
    this.timer ??= setTimeout(() => this.tell(), TELL_MS)
  }

  private tell(): void {
    this.timer = undefined
    this.version += 1
    for (const listener of this.listeners) listener()
  }
}

function bodyOf({ body }: Asked): BodyInit | undefined {
  switch (body.kind) {
    case 'none':
      return undefined
    case 'text':
      // A Blob without a type: the Content-Type is the one of the headers, or none.
      return new Blob([body.text])
    case 'bytes':
      return new Blob([body.file ?? decoded(body.base64) ?? ''])
    case 'multipart': {
      const form = new FormData()
      for (const part of body.parts) {
        if (part.isFile && part.file) form.append(part.name, part.file, part.file.name)
        else form.append(part.name, part.value)
      }
      return form
    }
  }
}

function decoderFor(type: string): TextDecoder {
  const charset = /charset="?([\w-]+)/i.exec(type)?.[1] ?? 'utf-8'
  try {
    return new TextDecoder(charset)
  } catch {
    return new TextDecoder()
  }
}
