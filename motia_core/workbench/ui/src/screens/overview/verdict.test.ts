/** What the first sentence says. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Overview, Pool } from '../../data'
import { headline, reasons } from './verdict.ts'

const PLACES = { problems: '#p', queues: '#q', workers: '#w', failures: '#f' }
const WELL = {
  health: { status: 'ok', version: '1' },
  problems: [],
  dead: 0,
  oldest: null,
  rates: { runsPerMinute: 9, failuresPerMinute: 0, seconds: 60 },
  dropped: { spans: 0, logs: 0, inputs: 0 },
} as unknown as Overview

const say = (more: object, pools: Pool[] = [], isOffline = false) =>
  reasons({ ...WELL, ...more } as Overview, pools, isOffline, 1_000_000, PLACES)
const pool = (name: string, state: string) => ({ id: name, name, state }) as Pool

test('nothing to say is well', () => {
  assert.deepEqual(say({}, [pool('a', 'ready'), pool('b', 'starting')]), [])
  assert.equal(headline([]), 'All is well')
})

test('one reason is the headline', () => {
  const found = say({ dead: 3 })
  assert.equal(headline(found), '3 deliveries ended as dead letters')
  assert.deepEqual(found, [{ tone: 'fail', says: '3 deliveries ended as dead letters', href: '#q' }])
})

test('several are counted, the gravest first', () => {
  const error = { severity: 'error', filePath: 'a' }
  const found = say(
    {
      dead: 1,
      problems: [error, error, { severity: 'warning', filePath: 'b' }],
      oldest: 1,
      rates: { failuresPerMinute: 4, seconds: 30 },
    },
    [pool('x', 'missing'), pool('y', 'crash-looping')],
    true,
  )
  assert.equal(headline(found), '7 things need a look')
  assert.deepEqual(
    found.map((one) => one.says),
    [
      'The server does not answer: this is what was last heard of it',
      'x cannot run here',
      'Workers of y do not start',
      '1 file is broken',
      '1 delivery ended as a dead letter',
      '2 runs failed within the last 30 seconds',
      'A delivery has been waiting for 16 m',
    ],
  )
})

test('a store that fails, a server that ends, a history with holes', () => {
  assert.equal(say({ health: { status: 'failing' } })[0]?.tone, 'fail')
  assert.equal(say({ health: { status: 'draining' } })[0]?.tone, 'fail')
  assert.equal(
    headline(say({ dropped: { spans: 2, logs: 1, inputs: 9 } })),
    '3 entries of the history could not be kept',
  )
})
