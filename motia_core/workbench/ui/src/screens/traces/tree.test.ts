import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Run } from '../../data'
import { startedBy, treeOf } from './tree.ts'

function run(id: string, more: Partial<Run> = {}): Run {
  const startTime = more.startTime ?? 0
  return {
    id,
    name: id,
    parentTraceId: 't',
    status: 'completed',
    startTime,
    endTime: startTime + 10,
    entryPoint: { type: 'api', stepName: 'a' },
    events: [],
    kind: 'event',
    attempt: 1,
    wait: 0,
    ...more,
  }
}

const NONE = new Set<string>()
const shape = (runs: Run[], folded: ReadonlySet<string> = NONE, now = 0) =>
  treeOf(runs, folded, now).rows.map(({ run, depth }) => `${' '.repeat(depth)}${run.id}`)

test('runs stand below who started them, in the order they began', () => {
  const runs = [
    run('c', { parentId: 'a', startTime: 9 }),
    run('b', { parentId: 'a', startTime: 5 }),
    run('d', { parentId: 'b', startTime: 20 }),
    run('a', { startTime: 1 }),
  ]
  assert.deepEqual(shape(runs), ['a', ' b', '  d', ' c'])
  assert.deepEqual(shape(runs, new Set(['b'])), ['a', ' b', ' c'])
  assert.equal(treeOf(runs, new Set(['a']), 0).rows[0]?.below, 3)
})

test('a run whose parent is not known stands at the root', () => {
  assert.deepEqual(shape([run('a'), run('x', { parentId: 'gone', startTime: 3 })]), ['a', 'x'])
})

test('attempts of a delivery follow one another, and the last one counts', () => {
  const runs = [
    run('a'),
    run('f1', { parentId: 'a', delivery: 7, status: 'failed', startTime: 10, endTime: 20 }),
    run('other', { parentId: 'a', delivery: 8, startTime: 15 }),
    run('f2', { parentId: 'a', delivery: 7, attempt: 2, startTime: 100, wait: 5 }),
  ]
  assert.deepEqual(shape(runs), ['a', ' f1', ' f2', ' other'])
  const { rows, status, failed, path } = treeOf(runs, NONE, 0)
  assert.equal(status, 'completed')
  assert.equal(failed, 0)
  assert.deepEqual(
    rows.map((row) => [row.attempts, row.isMadeGood, row.after]),
    [
      [1, false, null],
      [2, true, null],
      [2, false, 20],
      [1, false, null],
    ],
  )
  assert.deepEqual(
    path.runs.map((one) => one.id),
    ['a', 'f1', 'f2'],
  )
  assert.equal(path.delayed, 75, 'from the end of the first until the second was due')
})

test('what runs goes on until now', () => {
  const runs = [run('a', { startTime: 100, endTime: undefined, status: 'running', wait: 30 })]
  const { from, to, running } = treeOf(runs, NONE, 500)
  assert.deepEqual([from, to, running], [70, 500, 1])
})

test('of the same topic the first emit started the first delivery', () => {
  const emit = (topic: string, deliveries: number) => ({
    type: 'emit',
    timestamp: 1,
    topic,
    data: { deliveries },
  })
  const parent = run('a', { events: [emit('t', 2), emit('u', 0), emit('t', 1)] })
  const child = (id: string, delivery: number, attempt = 1) =>
    run(id, { parentId: 'a', topic: 't', delivery, attempt })
  const found = startedBy(parent, [child('z', 3), child('x', 1), child('y', 2), child('y2', 2, 2)])
  assert.deepEqual(
    [...found].map(([at, runs]) => [at, runs.map((one) => one.id)]),
    [
      [0, ['x', 'y2']],
      [2, ['z']],
    ],
  )
})

test('ten thousand in a chain are no trouble', () => {
  const runs = Array.from({ length: 10_000 }, (_, at) =>
    run(`r${at}`, { startTime: at, parentId: at ? `r${at - 1}` : undefined }),
  )
  assert.equal(treeOf(runs, NONE, 0).rows.length, 10_000)
})
