/** The stream socket's protocol (docs/streams.md) without a socket: what is followed, what each room holds, which frames
 *  to send. Pure but for its own memory; time and sockets belong to `connection.ts`. */

import { parseJson } from '../../design/exact.ts'

export interface Item {
  id: string
}

export type ChangeKind = 'create' | 'update' | 'delete'

/** One change as it came. */
export interface Change<T = Item> {
  kind: ChangeKind
  id: string
  item: T
  timestamp: number
}

/** What a handler sent without storing it. */
export interface Sent {
  type: string
  data: unknown
  /** Of the item it was sent to; without it, to the group. */
  id?: string
  timestamp: number
}

export interface RoomError {
  code: string
  message: string
}

/** What is followed: a group, or with an `id` one item. */
export interface Place {
  stream: string
  group: string
  id?: string
}

interface Envelope {
  timestamp: number
  streamName: string
  groupId: string
  id?: string
  event: { type: string; data?: unknown; event?: { type: string; data?: unknown } }
}

export class Room {
  readonly key: string
  readonly place: Place
  /** A `sync` has come since the last time the connection opened. */
  isFresh = false
  /** A `sync` has ever come. */
  isKnown = false
  error: RoomError | null = null
  /** Entries kept; the oldest go first. */
  most = 0
  followers = 0
  private items = new Map<string, Item>()
  private list: readonly Item[] | null = null
  private since = 0

  constructor(place: Place) {
    this.place = place
    this.key = keyOf(place)
  }

  /** All items in the order they came; the same array until something changes. */
  get all(): readonly Item[] {
    this.list ??= [...this.items.values()]
    return this.list
  }

  get one(): Item | null {
    return this.place.id === undefined ? null : (this.items.get(this.place.id) ?? null)
  }

  sync(data: unknown, timestamp: number): void {
    const found = (Array.isArray(data) ? data : data == null ? [] : [data]) as Item[]
    this.items = new Map(found.map((item) => [this.place.id ?? item.id, item]))
    this.since = timestamp
    this.isFresh = this.isKnown = true
    this.error = null
    this.changed()
  }

  /** Whether it was news. */
  apply(change: Change): boolean {
    if (change.timestamp < this.since) return false
    if (change.kind === 'delete') {
      if (!this.items.delete(change.id)) return false
    } else this.items.set(change.id, change.item)
    this.changed()
    return true
  }

  private changed(): void {
    this.list = null
    for (const id of this.items.keys()) {
      if (this.items.size <= this.most) break
      this.items.delete(id)
    }
  }
}

/** What a frame led to: rooms that look different now, changes and sent events by room. */
export interface News {
  touched: Room[]
  changes: [Room, Change][]
  sent: [Room, Sent][]
}

const NOTHING: News = { touched: [], changes: [], sent: [] }
const KINDS: readonly string[] = ['create', 'update', 'delete']
/** By them the server's own errors are told from an event that a handler happened to call `error`. */
const REFUSALS: unknown[] = ['STREAM_ACCESS_DENIED', 'STREAM_LIMIT_REACHED', 'STREAM_UNAVAILABLE']

export function keyOf(place: Place): string {
  return JSON.stringify([place.stream, place.group, place.id ?? null])
}

export class Protocol {
  readonly rooms = new Map<string, Room>()
  isOpen = false

  /** The room of this place, joined by whoever holds it; `frames` are to be sent now. */
  follow(place: Place, most: number): { room: Room; frames: string[] } {
    const key = keyOf(place)
    const known = this.rooms.get(key)
    const room = known ?? new Room(place)
    this.rooms.set(key, room)
    room.most = Math.max(room.most, most)
    room.followers += 1
    return { room, frames: known === undefined && this.isOpen ? [say('join', room)] : [] }
  }

  /** One follower less; the room stays until `sweep`. */
  unfollow(room: Room): void {
    room.followers -= 1
  }

  /** Leaves what nobody follows. */
  sweep(): string[] {
    const gone = [...this.rooms.values()].filter((room) => room.followers <= 0)
    for (const room of gone) this.rooms.delete(room.key)
    return this.isOpen ? gone.map((room) => say('leave', room)) : []
  }

  /** Every room is joined anew; each `sync` says what was missed. */
  opened(): string[] {
    this.isOpen = true
    return [...this.rooms.values()].map((room) => say('join', room))
  }

  closed(): Room[] {
    this.isOpen = false
    const rooms = [...this.rooms.values()]
    for (const room of rooms) room.isFresh = false
    return rooms
  }

  received(text: string): News {
    const said = read(text)
    if (said === null) return NOTHING
    const { event, timestamp } = said
    const places: Place[] = [{ stream: said.streamName, group: said.groupId }]
    if (said.id) places.push({ stream: said.streamName, group: said.groupId, id: said.id })
    if (event.type === 'sync') return this.synced(places.at(-1) as Place, event.data, timestamp)
    const rooms = places.map((place) => this.rooms.get(keyOf(place))).filter((room) => room !== undefined)
    if (KINDS.includes(event.type) && said.id) {
      const change: Change = {
        kind: event.type as ChangeKind,
        id: said.id,
        item: event.data as Item,
        timestamp,
      }
      const touched = rooms.filter((room) => room.apply(change))
      return { touched, changes: touched.map((room) => [room, change]), sent: [] }
    }
    if (event.type !== 'event' || typeof event.event?.type !== 'string') return NOTHING
    const { type, data } = event.event
    if (type === 'error' && REFUSALS.includes((data as Partial<RoomError> | null | undefined)?.code)) {
      const refused = rooms.slice(-1)
      for (const room of refused) room.error = data as RoomError
      return { touched: refused, changes: [], sent: [] }
    }
    const one: Sent = { type, data, ...(said.id ? { id: said.id } : {}), timestamp }
    return { touched: [], changes: [], sent: rooms.map((room) => [room, one]) }
  }

  private synced(place: Place, data: unknown, timestamp: number): News {
    const room = this.rooms.get(keyOf(place))
    room?.sync(data, timestamp)
    return room === undefined ? NOTHING : { touched: [room], changes: [], sent: [] }
  }
}

function say(type: 'join' | 'leave', room: Room): string {
  const { stream, group, id } = room.place
  const data = {
    streamName: stream,
    groupId: group,
    subscriptionId: room.key,
    ...(id === undefined ? {} : { id }),
  }
  return JSON.stringify({ type, data })
}

function read(text: string): Envelope | null {
  try {
    const said = parseJson(text) as Partial<Envelope>
    return said.event && said.streamName !== undefined && said.groupId !== undefined
      ? (said as Envelope)
      : null
  } catch {
    return null
  }
}
