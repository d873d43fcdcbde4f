/** Tables of what numbers become. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { age, bytes, clock, count, duration, moment, plural } from './format.ts'

const rows = <T>(what: (value: T) => string, table: [T, string][]) => {
  for (const [given, wanted] of table) assert.equal(what(given), wanted, String(given))
}

test('durations', () => {
  rows<number | null>(duration, [
    [null, '–'],
    [0, '0 ms'],
    [0.4, '<1 ms'],
    [4.25, '4.3 ms'],
    [850, '850 ms'],
    [1234, '1.23 s'],
    [59_900, '59.9 s'],
    [59_990, '1 m'],
    [185_000, '3 m 5 s'],
    [7_800_000, '2 h 10 m'],
    [349_200_000, '4 d 1 h'],
    [-1500, '-1.5 s'],
  ])
})

test('ages', () => {
  rows<number | null>(age, [
    [null, '–'],
    [-5, 'now'],
    [1999, 'now'],
    [12_000, '12 s'],
    [300_000, '5 m'],
    [10_800_000, '3 h'],
    [172_800_000, '2 d'],
  ])
})

test('sizes', () => {
  rows<number | null>(bytes, [
    [null, '–'],
    [0, '0 B'],
    [1023, '1023 B'],
    [3482, '3.4 KiB'],
    [1024 * 1024 - 1, '1 MiB'],
    [12 * 1024 * 1024, '12 MiB'],
  ])
})

test('counts', () => {
  rows<number | null>(count, [
    [null, '–'],
    [0, '0'],
    [9999, '9,999'],
    [12_345, '12.3 k'],
    [999_999, '1 M'],
    [4_500_000, '4.5 M'],
  ])
  assert.equal(plural(1, 'step'), '1 step')
  assert.equal(plural(0, 'step'), '0 steps')
  assert.equal(plural(2, 'delivery', 'deliveries'), '2 deliveries')
})

test('moments', () => {
  const at = new Date(2026, 10, 3, 14, 3, 21, 42).getTime()
  assert.equal(moment(at, { now: at }), '14:03:21')
  assert.equal(moment(at, { now: at + 2 * 86_400_000 }), 'Nov 3, 14:03')
  assert.equal(moment(at, { exact: true }), 'Nov 3, 14:03:21.042')
  assert.equal(clock(at), '14:03:21.042')
  assert.equal(moment(null), '–')
})
