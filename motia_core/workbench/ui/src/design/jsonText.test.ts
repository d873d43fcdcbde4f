/** Where broken JSON is broken. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jsonError } from './jsonText.ts'

test('valid texts', () => {
  for (const text of ['{}', 'null', '"x"', ' [1, 2] ']) assert.equal(jsonError(text), null, text)
})

test('the line of the fault', () => {
  const table: [string, number][] = [
    ['', 1],
    ['{"a": 1,}', 1],
    ['{\n  "a": 1\n  "b": 2\n}', 3],
    ['[\n1,\n2', 3],
    ['{"a": tru}', 1],
  ]
  for (const [text, line] of table) {
    const fault = jsonError(text)
    assert.equal(fault?.line, line, text)
    assert.ok(fault && fault.message.length > 5 && !fault.message.includes('position'), fault?.message)
  }
})
