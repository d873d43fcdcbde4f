/** Flows as graphs: what is joined, what is drawn only, what nobody hears, and where things stand. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Flow, Step } from '../../data'
import { arrange } from './arrange.ts'
import { asides, bundled, rowsOf } from './bundles.ts'
import { type GraphLine, graphOf, heardBy, loose, meant, neighbour, read, written } from './graph.ts'
import { linesOf } from './lines.ts'
import { fileName, wrong } from './newStep.ts'

const step = (id: string, more: Partial<Step> = {}): Step => ({
  id,
  name: id,
  type: 'event',
  filePath: `steps/${id}.step.x`,
  emits: [],
  flows: ['f'],
  ...more,
})
const edge = (source: string, target: string, topic: string, variant: 'event' | 'virtual' = 'event') => ({
  id: `${source}-${target}-${topic}`,
  source,
  target,
  data: { variant, topic, labelVariant: 'default' as const },
})
const flow = (steps: Step[], edges: Flow['edges'] = []): Flow => ({ id: 'f', name: 'f', steps, edges })

test('a line to who only draws it is virtual', () => {
  const { lines } = graphOf(
    flow(
      [
        step('a', { emits: ['t'] }),
        step('b', { subscribes: ['t'] }),
        step('c', { type: 'noop', subscribes: ['t'], virtualSubscribes: ['t'] }),
        step('d', { subscribes: ['*'] }),
      ],
      [edge('a', 'b', 't'), edge('a', 'c', 't'), edge('a', 'd', 't'), edge('a', 'b', 'u', 'virtual')],
    ),
  )
  assert.deepEqual(
    lines.map((line) => line.isVirtual),
    [false, true, false, true],
  )
})

test('a topic that nobody hears is told, unless somebody hears everything', () => {
  const emits = step('a', { emits: ['t', { topic: 'u', conditional: true }, 't'] })
  const [node] = graphOf(flow([emits, step('b', { subscribes: ['u'] })])).nodes
  assert.deepEqual(node?.unheard, ['t'])
  const [other] = graphOf(flow([emits, step('b', { subscribes: ['*'] })])).nodes
  assert.deepEqual(other?.unheard, [])
  // In another flow somebody may.
  const [third] = graphOf(flow([emits]), heardBy([step('z', { subscribes: ['t', 'u'] })])).nodes
  assert.deepEqual(third?.unheard, [])
})

test('further steps of a file have places of their own', () => {
  const { nodes } = graphOf(flow([step('a', { filePath: 'x' }), step('b', { filePath: 'x' })]))
  assert.deepEqual(
    nodes.map((node) => node.key),
    ['x', 'x#b'],
  )
})

test('steps of no flow keep the lines between them', () => {
  const whole = flow(
    [step('a', { flows: [] }), step('b', { flows: [] }), step('c')],
    [edge('a', 'b', 't'), edge('b', 'c', 't')],
  )
  assert.deepEqual(
    loose(whole).edges.map((one) => one.target),
    ['b'],
  )
})

test('the best found comes first', () => {
  const { nodes } = graphOf(flow([step('OrderMail', { emits: ['pay'] }), step('PayOrder'), step('pay')]))
  assert.deepEqual(
    meant(nodes, 'PAY').map((node) => node.id),
    ['pay', 'PayOrder', 'OrderMail'],
  )
  assert.deepEqual(meant(nodes, '  '), [])
})

test('arrows lead to what is near and straight ahead', () => {
  const boxes = [
    { id: 'a', x: 0, y: 0 },
    { id: 'b', x: 300, y: 20 },
    { id: 'c', x: 200, y: 400 },
  ]
  assert.equal(neighbour(boxes, 'a', 'right'), 'b')
  assert.equal(neighbour(boxes, 'a', 'down'), 'c')
  assert.equal(neighbour(boxes, 'a', 'left'), null)
  assert.equal(neighbour(boxes, 'b', 'left'), 'a')
})

test('places are written as the file has them', () => {
  assert.deepEqual(written({ x: 1.6, y: -2.4, source: 'bottom', target: 'left' }), {
    x: 2,
    y: -2,
    sourceHandlePosition: 'bottom',
  })
  assert.equal(read({ x: 0, y: 0 })?.isPut, false)
  assert.equal(read({ x: 0, y: 1, targetHandlePosition: 'top' })?.target, 'top')
  assert.equal(read(undefined), null)
})

test('connected steps stand from left to right, lonely ones below, none upon another', () => {
  for (const size of [12, 600]) {
    const pieces = Array.from({ length: size }, (_, at) => ({ id: String(at), width: 256, height: 120 }))
    // A circle among them too.
    const joints = Array.from({ length: size - 4 }, (_, at) => ({
      source: String(at),
      target: String(at % 7 === 6 ? at - 3 : at + 1),
      letters: 10,
      rows: 1,
    }))
    const spots = arrange(pieces, joints)
    assert.equal(Object.keys(spots).length, size)
    const [first, second, last] = [spots['0'], spots['1'], spots[String(size - 1)]]
    assert.ok(first && second && last && first.x < second.x && last.y > first.y)
    const seen = new Set<string>()
    for (const { x, y } of Object.values(spots)) {
      const box = `${x} ${y}`
      assert.ok(!seen.has(box), `two stand at ${box}`)
      seen.add(box)
    }
  }
})

const line = (nth: number, source: string, target: string, isVirtual = false): GraphLine => ({
  id: `${source}${target}${nth}`,
  source,
  target,
  topic: `topic.${nth}`,
  label: `topic.${nth}`,
  isVirtual,
  isConditional: false,
  from: source,
  to: target,
})

test('a few lines of a pair stand beside each other, more are one that names the first', () => {
  const few = [line(1, 'a', 'b'), line(2, 'b', 'c'), line(3, 'a', 'b')]
  const beside = bundled(few)
  assert.deepEqual(
    beside.map((one) => one.lines),
    few.map((one) => [one]),
  )
  assert.deepEqual(asides(beside), [-22, 0, 22])
  const many = Array.from({ length: 300 }, (_, at) => line(at, 'a', 'b', at === 7))
  const [first, virtual, other, ...rest] = bundled([...many, line(300, 'b', 'c')])
  assert.ok(first && virtual && other && rest.length === 0)
  assert.deepEqual([first.lines.length, virtual.lines.length, other.lines.length], [299, 1, 1])
  assert.deepEqual(rowsOf(first), ['topic.0', 'topic.1', 'topic.2', '+ 296 more'])
  assert.deepEqual(rowsOf(virtual), ['topic.7'])
  const [up = 0, down = 0, straight] = asides([first, virtual, other])
  // Their labels do not lie upon each other: the middle of a curve moves three quarters as far.
  assert.ok((down - up) * 0.75 > (4 * 20 + 22) / 2)
  assert.equal(straight, 0)
  assert.deepEqual(
    rowsOf({ ...first, lines: [line(1, 'a', 'b'), line(2, 'a', 'b'), line(3, 'a', 'b'), line(4, 'a', 'b')] }),
    ['topic.1', 'topic.2', 'topic.3', 'topic.4'],
  )
})

test('ranges of lines are read as people write them', () => {
  assert.deepEqual(linesOf(['6-29', '18', ' 3 - 4 ', '9-2', 'x', 7, null]), [
    { from: 6, to: 29 },
    { from: 18, to: 18 },
    { from: 3, to: 4 },
    { from: 7, to: 7 },
  ])
})

test('a new step is named and refused as the server does', () => {
  assert.equal(fileName('NAME.step.x', 'HTTPProbe2'), 'http-probe2.step.x')
  assert.equal(fileName('NAME_step.x', 'CreateOrder'), 'create_order_step.x')
  const fine = {
    name: 'A',
    language: '',
    flow: '',
    method: 'GET',
    path: '/a',
    cron: '',
    subscribes: '',
    emits: '',
  }
  assert.equal(wrong({ ...fine, kind: 'api' }), null)
  assert.equal(wrong({ ...fine, kind: 'event' })?.field, 'subscribes')
  assert.equal(wrong({ ...fine, kind: 'api', name: '1' })?.field, 'name')
  assert.equal(wrong({ ...fine, kind: 'cron', cron: '* *' })?.field, 'cron')
})
