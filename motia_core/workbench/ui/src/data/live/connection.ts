/** The one socket of the page: opens it while something is followed, comes back after it is lost, tells listeners at most
 *  once per frame of the screen. What the frames mean is `protocol.ts`'s. */
import { get } from '../api'
import { wait } from './backoff'
import { type Change, type Place, Protocol, type Room, type Sent } from './protocol'

export type LiveState = 'idle' | 'connecting' | 'live' | 'offline'

export interface LiveStatus {
  state: LiveState
  /** When it tries again; 0 unless offline. */
  retryAt: number
}

/** Told in order, of all that came within a frame. */
export interface Hears {
  changes?: (changes: Change[]) => void
  sent?: (events: Sent[]) => void
}

const LINGER_MS = 1500
const SILENCE_MS = 25_000

class Connection {
  status: LiveStatus = { state: 'idle', retryAt: 0 }
  private readonly protocol = new Protocol()
  private socket: WebSocket | null = null
  private failures = 0
  private timer: ReturnType<typeof setTimeout> | undefined
  private pulse: ReturnType<typeof setInterval> | undefined
  private frame = 0
  private heard = 0
  private readonly waiting: string[] = []
  private readonly statusListeners = new Set<() => void>()
  private readonly listeners = new Map<string, Set<() => void>>()
  private readonly ears = new Map<string, Set<Hears>>()

  /** Until the returned function is called. */
  follow(
    place: Place,
    most: number,
    listener: () => void,
    hears: Hears = {},
  ): { room: Room; end: () => void } {
    const { room, frames } = this.protocol.follow(place, most)
    add(this.listeners, room.key, listener)
    add(this.ears, room.key, hears)
    this.send(frames)
    if (this.socket === null && this.status.state === 'idle') this.open()
    return {
      room,
      end: () => {
        this.protocol.unfollow(room)
        this.listeners.get(room.key)?.delete(listener)
        this.ears.get(room.key)?.delete(hears)
        // Whoever goes to another screen and back finds what there was.
        setTimeout(() => this.send(this.protocol.sweep()), LINGER_MS)
      },
    }
  }

  onStatus(listener: () => void): () => void {
    this.statusListeners.add(listener)
    return () => this.statusListeners.delete(listener)
  }

  /** Now, without waiting for the next try; after signing in, say. */
  retry(): void {
    if (this.status.state === 'live') return
    clearTimeout(this.timer)
    this.socket?.close()
    this.socket = null
    this.open()
  }

  /** Begins anew as somebody else: after signing in or out. */
  renew(): void {
    this.status = { state: 'idle', retryAt: 0 }
    this.failures = 0
    this.retry()
  }

  private open(): void {
    if (this.failures === 0) this.say('connecting')
    const address = new URL('/__motia/live', location.href)
    address.protocol = address.protocol.replace('http', 'ws')
    const socket = new WebSocket(address)
    this.socket = socket
    socket.onopen = () => this.socket === socket && this.opened()
    socket.onmessage = ({ data }) => {
      if (this.socket === socket) this.hear(String(data))
    }
    socket.onclose = () => this.socket === socket && this.lost()
  }

  private opened(): void {
    this.failures = 0
    this.heard = Date.now()
    this.say('live')
    this.send(this.protocol.opened())
    clearInterval(this.pulse)
    this.pulse = setInterval(() => this.beat(), SILENCE_MS / 2)
  }

  /** A connection that was cut without a word is noticed by its silence. */
  private beat(): void {
    if (Date.now() - this.heard > SILENCE_MS) this.socket?.close()
    else this.socket?.send(JSON.stringify({ type: 'ping', timestamp: Date.now() }))
  }

  private lost(): void {
    this.socket = null
    clearInterval(this.pulse)
    this.waiting.length = 0
    this.failures += 1
    const pause = wait(this.failures, Math.random())
    this.say('offline', Date.now() + pause)
    this.tell(this.protocol.closed())
    this.timer = setTimeout(() => this.open(), pause)
  }

  private hear(text: string): void {
    this.heard = Date.now()
    this.waiting.push(text)
    if (this.frame === 0) {
      // A hidden page draws no frames; it still has to keep up.
      this.frame = document.hidden
        ? window.setTimeout(() => this.digest(), 250)
        : requestAnimationFrame(() => this.digest())
    }
  }

  private digest(): void {
    this.frame = 0
    const touched = new Set<Room>()
    const changes = new Map<string, Change[]>()
    const sent = new Map<string, Sent[]>()
    for (const text of this.waiting.splice(0)) {
      const news = this.protocol.received(text)
      for (const room of news.touched) touched.add(room)
      for (const [room, change] of news.changes) put(changes, room.key, change)
      for (const [room, one] of news.sent) put(sent, room.key, one)
    }
    for (const room of touched) if (room.error?.code === 'STREAM_ACCESS_DENIED') askWho()
    this.tell(touched)
    for (const [key, all] of changes) for (const one of this.ears.get(key) ?? []) one.changes?.(all)
    for (const [key, all] of sent) for (const one of this.ears.get(key) ?? []) one.sent?.(all)
  }

  private tell(rooms: Iterable<Room>): void {
    for (const room of rooms) for (const listener of this.listeners.get(room.key) ?? []) listener()
  }

  private send(frames: string[]): void {
    if (this.socket?.readyState !== WebSocket.OPEN) return
    for (const frame of frames) this.socket.send(frame)
  }

  private say(state: LiveState, retryAt = 0): void {
    this.status = { state, retryAt }
    for (const listener of this.statusListeners) listener()
  }
}

/** A refused join may mean that nobody is signed in: the answer to any request says so. */
function askWho(): void {
  get('/__motia').catch(() => undefined)
}

function add<T>(map: Map<string, Set<T>>, key: string, value: T): void {
  const known = map.get(key)
  if (known) known.add(value)
  else map.set(key, new Set([value]))
}

function put<T>(map: Map<string, T[]>, key: string, value: T): void {
  const known = map.get(key)
  if (known) known.push(value)
  else map.set(key, [value])
}

export const connection = new Connection()

addEventListener('online', () => connection.retry())
