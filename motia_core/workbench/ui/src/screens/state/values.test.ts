/** How state values are spoken of. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callOf, filterSaid, filtersIn, kindOf, preview, secondsOf } from './values.ts'

test('previews are one short line', () => {
  assert.equal(preview({ a: 1, b: [true, null], c: {} }), '{ a: 1, b: [true, null], c: {} }')
  assert.equal(preview('two\nlines'), '"two\\nlines"')
  const long = preview(Array.from({ length: 100_000 }, (_, at) => ({ at })))
  assert.ok(long.length < 300 && long.endsWith('…]'), long)
  assert.ok(preview({ text: 'x'.repeat(10_000) }).length < 300)
})

test('types', () => {
  assert.deepEqual([null, [], {}, 'a', 1, true].map(kindOf), [
    'null',
    'array',
    'object',
    'string',
    'number',
    'boolean',
  ])
})

test('the call that reads a value is valid code', () => {
  assert.equal(callOf('a', "it's \\ here"), "state.get('a', 'it\\'s \\\\ here')")
})

test('filters of an address', () => {
  assert.deepEqual(filtersIn('no json'), [])
  assert.deepEqual(
    filtersIn('[{"valueKey":"a","operation":"drop"},{"valueKey":"a","operation":"eq","value":1}]'),
    [{ valueKey: 'a', operation: 'eq', value: 1 }],
  )
  assert.equal(filterSaid({ valueKey: 'a', operation: 'gte', value: '3' }), 'a is at least 3')
  assert.equal(filterSaid({ valueKey: 'a', operation: 'isNull' }), 'a is not there')
})

test('spans of time', () => {
  assert.equal(secondsOf('1.5', '60'), 90)
  assert.equal(secondsOf('0', '60'), undefined)
  assert.equal(secondsOf(' ', '1'), undefined)
  assert.equal(secondsOf('soon', '1'), undefined)
})
