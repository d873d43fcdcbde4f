/** Lines between steps: where they run and where their labels stand. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { curve, type Ends } from './path.ts'

const ends = (sourceX: number, sourceY: number, targetX: number, targetY: number): Ends => ({
  sourceX,
  sourceY,
  targetX,
  targetY,
  sourceSide: 'right',
  targetSide: 'left',
})

test('a line ends where it should, and its label lies on it', () => {
  const flat = curve(ends(0, 0, 200, 0), false)
  assert.ok(flat.path.startsWith('M0,0 ') && flat.path.endsWith(' 200,0'))
  assert.deepEqual([flat.x, flat.y], [100, 0])
  assert.ok(curve(ends(0, 0, 200, 0), false, 40).y > 0)
})

test('a line back runs below both steps, apart from the line forward', () => {
  const there = curve(ends(250, 60, 400, 60), false)
  const back = curve(ends(650, 60, 0, 60), false)
  assert.equal(back.x, 325)
  assert.ok(back.y - there.y > 100)
  assert.ok(back.path.includes(`L0,${back.y}`))
})

test('a line back between steps far apart in height runs between them', () => {
  assert.equal(curve(ends(650, 0, 0, 600), false).y, 300)
})

test('lines between the same two lie beside each other', () => {
  const [one, other] = [curve(ends(650, 0, 0, 0), false, -22), curve(ends(650, 0, 0, 0), false, 22)]
  assert.equal(other.y - one.y, 44)
})

test('a line to its own step clears it', () => {
  assert.ok(curve(ends(250, 60, 0, 60), true).y < 60 - 100)
})
