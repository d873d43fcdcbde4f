import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Run } from '../../data'
import { busy, centred, isWhole, panned, placeOf, ticks, WHOLE, zoomed } from './scale.ts'

test('zooming keeps the moment under the pointer where it is', () => {
  const view = zoomed(WHOLE, 4, 0.2)
  assert.ok(Math.abs((0.2 - view.from) / (view.to - view.from) - 0.2) < 1e-9)
  assert.ok(Math.abs(view.to - view.from - 0.25) < 1e-9)
  assert.ok(isWhole(zoomed(view, 1 / 100)))
})

test('one cannot leave the trace', () => {
  const view = zoomed(WHOLE, 4, 0)
  assert.equal(panned(view, -5).from, 0)
  assert.equal(panned(view, 50).to, 1)
  assert.equal(centred(view, 1).to, 1)
  assert.deepEqual(panned(WHOLE, 0.5), WHOLE)
})

test('marks are round and within', () => {
  assert.deepEqual(
    ticks(1000, WHOLE, 5).map(({ at }) => at),
    [0, 200, 400, 600, 800, 1000],
  )
  const part = ticks(1000, { from: 0.1, to: 0.2 }, 5)
  assert.deepEqual(
    part.map(({ at }) => at),
    [100, 120, 140, 160, 180, 200],
  )
  assert.ok(part.every(({ place }) => place >= 0 && place <= 100.001))
})

test('places are in percent of what is seen', () => {
  assert.equal(placeOf(50, 0, 100, WHOLE), 50)
  assert.equal(placeOf(50, 0, 100, { from: 0.5, to: 0.75 }), 0)
  assert.equal(placeOf(0, 0, 100, { from: 0.9, to: 0.91 }), -20, 'far outside')
})

test('how much ran at once', () => {
  const run = (startTime: number, endTime: number) => ({ startTime, endTime }) as Run
  assert.deepEqual(busy([run(0, 39), run(20, 100)], 0, 100, 0, 5), [1, 2, 1, 1, 1])
})
