/** The lines people copy: they name the right stream, group and address, whatever these are called. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StreamDetails } from '../../data'
import { recipesOf } from './recipes.ts'

const stream: StreamDetails = { id: 'todo', name: 'todo', hidden: false, filePath: '', schema: null }

test('the published client, React and a socket', () => {
  const recipes = recipesOf(stream, 'inbox', 'https://shop.example')
  assert.deepEqual(
    recipes.map((one) => one.title),
    ['In a browser', 'In React', 'By a bare socket'],
  )
  assert.match(recipes[0]?.code ?? '', /new Stream\('wss:\/\/shop\.example'\)/)
  assert.match(recipes[0]?.code ?? '', /subscribeGroup\('todo', 'inbox'\)/)
})

test('Server-Sent Events where the stream has a path', () => {
  const recipes = recipesOf({ ...stream, sse: '/live/:groupId' }, 'a b', 'http://localhost:3000')
  assert.equal(
    recipes.find((one) => one.title === 'In a shell')?.code,
    "curl -N 'http://localhost:3000/live/a%20b'",
  )
})

test('a name with quotes stays one text', () => {
  const [first] = recipesOf(stream, `Ann's \\ list`, 'http://localhost:3000')
  assert.ok(first?.code.includes(`subscribeGroup('todo', 'Ann\\'s \\\\ list')`))
})
