/** Which failures are the same one. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Delivery, Trace } from '../../data'
import { alike, errorLine, grouped } from './failures.ts'

const trace = (id: string, error: string, name = 'CreateOrder', totalSteps = 2): Trace => ({
  id,
  name,
  startTime: Number(id),
  endTime: Number(id) + 5,
  status: 'failed',
  kind: 'api',
  error,
  metadata: { totalSteps, failedSteps: 1, activeSteps: 0, completedSteps: totalSteps - 1 },
})

const letter = (id: number, traceId: string, step: string) => ({ id, traceId, step }) as Delivery

test('the same failure of other orders is one group, with all its dead letters', () => {
  const found = grouped(
    [trace('3', 'order 7 was never paid'), trace('2', 'order 81 was never paid'), trace('1', 'no stock')],
    [letter(30, '3', 'Refund'), letter(31, '2', 'Refund'), letter(32, 'other', 'Refund')],
  )
  assert.deepEqual(
    found.map((one) => [one.error, one.count, one.step, one.isSure, one.dead, one.at]),
    [
      ['order 7 was never paid', 2, 'Refund', true, [30, 31], 8],
      ['no stock', 1, 'CreateOrder', false, [], 6],
    ],
  )
})

test('another step is another failure, and a trace of one step names it', () => {
  const found = grouped([trace('2', 'bad', 'A', 1), trace('1', 'bad', 'B', 1)], [])
  assert.deepEqual(
    found.map((one) => [one.step, one.isSure, one.count]),
    [
      ['A', true, 1],
      ['B', true, 1],
    ],
  )
})

test('errors are said in one line', () => {
  assert.equal(errorLine(trace('1', 'first\nsecond')), 'first')
  assert.equal(errorLine({ ...trace('1', ''), error: { message: 'told' } }), 'told')
  assert.equal(errorLine({ ...trace('1', ''), error: undefined }), 'It failed without a word')
})

test('numbers and ids do not make a difference, words do', () => {
  assert.equal(alike('order 7 of a-12b'), alike('order 812 of c-9f'))
  assert.equal(
    alike('at 0c2f1f6e-58a4-4d0a-bdd7-efb8bca49d4f'),
    alike('at 1c2f1f6e-58a4-4d0a-bdd7-efb8bca49d4e'),
  )
  assert.notEqual(alike('no stock'), alike('no money'))
})
