/** What a text leads to. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isTraceId, matching, type Place } from './places.ts'

const place = (label: string, detail?: string): Place => ({
  id: label,
  label,
  kind: 'step',
  detail,
  href: '/',
})
const PLACES = [
  place('CreateOrder', 'steps/create-order.step.ts'),
  place('GetOrder'),
  place('Order'),
  place('Ship', 'POST /orders'),
]
const found = (text: string) => matching(PLACES, text).map((one) => one.label)

test('the best match is first', () => {
  assert.deepEqual(found('order'), ['Order', 'GetOrder', 'CreateOrder', 'Ship'])
  assert.deepEqual(found('create-order'), ['CreateOrder'])
  assert.deepEqual(found('cor'), ['CreateOrder'])
  assert.equal(found('/orders')[0], 'Ship')
  assert.deepEqual(found('zzz'), [])
  assert.equal(found(' ').length, 4)
})

test('trace ids are told from words', () => {
  assert.ok(isTraceId(' WAEMD-7596047-cdc03b '))
  for (const text of ['order', 'WAEMD', '', 'a-b-c']) assert.ok(!isTraceId(text), text)
})
