/** The protocol, frame by frame. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { wait } from './backoff.ts'
import { type Item, Protocol } from './protocol.ts'

const GROUP = { stream: 's', group: 'g' }
const ONE = { ...GROUP, id: 'a' }

const frame = (timestamp: number, event: unknown, id?: string) =>
  JSON.stringify({ timestamp, streamName: 's', groupId: 'g', ...(id ? { id } : {}), event })
const ids = (items: readonly Item[]) => items.map((item) => item.id).join()

function following(place = GROUP as { stream: string; group: string; id?: string }, most = 100) {
  const protocol = new Protocol()
  const { room } = protocol.follow(place, most)
  const frames = protocol.opened()
  return { protocol, room, frames }
}

test('joins wait for the socket, then are sent once', () => {
  const protocol = new Protocol()
  assert.deepEqual(protocol.follow(GROUP, 1).frames, [])
  const [join, ...rest] = protocol.opened().map((text) => JSON.parse(text))
  assert.equal(rest.length, 0)
  assert.deepEqual(
    [join.type, join.data.streamName, join.data.groupId, 'id' in join.data],
    ['join', 's', 'g', false],
  )
  assert.deepEqual(protocol.follow(GROUP, 1).frames, [])
  assert.equal(protocol.follow(ONE, 1).frames.length, 1)
})

test('a sync, then changes, in the order they were first said', () => {
  const { protocol, room } = following()
  assert.equal(room.isKnown, false)
  protocol.received(frame(5, { type: 'sync', data: [{ id: 'b' }, { id: 'a' }] }))
  assert.equal(ids(room.all), 'b,a')
  protocol.received(frame(6, { type: 'create', data: { id: 'c' } }, 'c'))
  const { changes } = protocol.received(frame(7, { type: 'update', data: { id: 'b', n: 1 } }, 'b'))
  assert.deepEqual([changes[0]?.[1].kind, changes[0]?.[1].id], ['update', 'b'])
  assert.equal(ids(room.all), 'b,a,c')
  protocol.received(frame(8, { type: 'delete', data: { id: 'a' } }, 'a'))
  assert.equal(ids(room.all), 'b,c')
  assert.deepEqual(room.all[0], { id: 'b', n: 1 })
})

test('the same array as long as nothing changes', () => {
  const { protocol, room } = following()
  protocol.received(frame(5, { type: 'sync', data: [{ id: 'a' }] }))
  const before = room.all
  assert.deepEqual(protocol.received(frame(6, { type: 'delete', data: { id: 'x' } }, 'x')).touched, [])
  assert.equal(room.all, before)
})

test('what a sync contains already is passed over', () => {
  const { protocol, room } = following()
  protocol.received(frame(9, { type: 'sync', data: [{ id: 'a', n: 2 }] }))
  protocol.received(frame(8, { type: 'update', data: { id: 'a', n: 1 } }, 'a'))
  assert.deepEqual(room.all, [{ id: 'a', n: 2 }])
})

test('a change reaches the room of its group and that of the item', () => {
  const { protocol, room } = following()
  const { room: one } = protocol.follow(ONE, 1)
  protocol.received(frame(1, { type: 'sync', data: [] }))
  protocol.received(frame(1, { type: 'sync', data: null }, 'a'))
  assert.equal(one.one, null)
  protocol.received(frame(2, { type: 'create', data: { id: 'a' } }, 'a'))
  assert.deepEqual([one.one, room.all], [{ id: 'a' }, [{ id: 'a' }]])
})

test('a lost connection keeps what was heard, and joins everything anew', () => {
  const { protocol, room } = following()
  protocol.received(frame(5, { type: 'sync', data: [{ id: 'a' }] }))
  assert.deepEqual(protocol.closed(), [room])
  assert.deepEqual([room.isKnown, room.isFresh, ids(room.all)], [true, false, 'a'])
  assert.equal(protocol.opened().length, 1)
  // The server began anew, its numbers may be lower.
  protocol.received(frame(1, { type: 'sync', data: [{ id: 'b' }] }))
  assert.deepEqual([room.isFresh, ids(room.all)], [true, 'b'])
})

test('only so many are kept, the newest', () => {
  const { protocol, room } = following(GROUP, 2)
  protocol.received(frame(1, { type: 'sync', data: [{ id: 'a' }, { id: 'b' }, { id: 'c' }] }))
  assert.equal(ids(room.all), 'b,c')
  protocol.received(frame(2, { type: 'create', data: { id: 'd' } }, 'd'))
  assert.equal(ids(room.all), 'c,d')
})

test('a refusal is the error of its room alone, until a sync', () => {
  const { protocol, room } = following()
  const { room: one } = protocol.follow(ONE, 1)
  const error = { code: 'STREAM_ACCESS_DENIED', message: 'Access denied' }
  protocol.received(frame(3, { type: 'event', event: { type: 'error', data: error } }, 'a'))
  assert.deepEqual([room.error, one.error], [null, error])
  protocol.received(frame(4, { type: 'sync', data: null }, 'a'))
  assert.equal(one.error, null)
})

test('what a handler sends reaches the group, and with an id the item too; it changes nothing', () => {
  const { protocol, room } = following()
  const { room: one } = protocol.follow(ONE, 1)
  protocol.received(frame(1, { type: 'sync', data: [{ id: 'a' }] }))
  const said = { type: 'moved', data: { by: 10 } }
  const all = protocol.received(frame(2, { type: 'event', event: said }))
  assert.deepEqual(all, { touched: [], changes: [], sent: [[room, { ...said, timestamp: 2 }]] })
  const { sent } = protocol.received(frame(3, { type: 'event', event: said }, 'a'))
  const own = { ...said, id: 'a', timestamp: 3 }
  assert.deepEqual(sent, [
    [room, own],
    [one, own],
  ])
})

test('an event that a handler calls error is no refusal', () => {
  const { protocol, room } = following()
  for (const data of [{ code: 'E42', message: 'No ink' }, 'No ink', null, undefined]) {
    const { sent } = protocol.received(frame(3, { type: 'event', event: { type: 'error', data } }))
    assert.deepEqual([sent[0]?.[1].type, sent[0]?.[1].data, room.error], ['error', data, null])
  }
})

test('a room is left when nobody follows it any more', () => {
  const { protocol, room } = following()
  protocol.follow(GROUP, 1)
  protocol.unfollow(room)
  assert.deepEqual(protocol.sweep(), [])
  protocol.unfollow(room)
  assert.deepEqual(
    protocol.sweep().map((text) => JSON.parse(text).type),
    ['leave'],
  )
  assert.equal(protocol.rooms.size, 0)
})

test('what is no envelope is passed over', () => {
  const { protocol } = following()
  for (const text of ['', 'x', '{}', '{"type":"pong","timestamp":1}', 'null', '[]']) {
    assert.deepEqual(protocol.received(text), { touched: [], changes: [], sent: [] }, text)
  }
})

test('tries come less and less often', () => {
  assert.deepEqual(
    [1, 2, 3, 10].map((failures) => wait(failures, 0.5)),
    [400, 800, 1600, 8000],
  )
  assert.ok(wait(1, 0) < wait(1, 1))
})
