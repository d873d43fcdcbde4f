import assert from 'node:assert/strict'
import { test } from 'node:test'
import { framesOf, ownFrame } from './stack.ts'

const places = (stack: string, file: string) =>
  framesOf(stack, file).map(({ file, line, name }) => `${file ?? '-'}:${line} ${name}`)

test('each language says where it was, the innermost first', () => {
  assert.deepEqual(
    places(
      'RangeError: no\n    at explode (/p/lib/fuse.ts:2:9)\n    at async handler (file:///p/steps/a.step.ts:11:3)',
      'steps/a.step.ts',
    ),
    ['lib/fuse.ts:2 explode', 'steps/a.step.ts:11 handler'],
  )
  assert.deepEqual(
    places(
      'Traceback (most recent call last):\n  File "/p/steps/a_step.py", line 16, in handler\n    blow()\n  File "/p/lib/b.py", line 2, in blow\nKeyError: 1',
      'steps/a_step.py',
    ),
    ['lib/b.py:2 blow', 'steps/a_step.py:16 handler'],
  )
  assert.deepEqual(places("ArgumentError: no\n    at /p/steps/a_step.rb:7:in `handler'", 'steps/a_step.rb'), [
    'steps/a_step.rb:7 handler',
  ])
  assert.deepEqual(places('Error: no\n    at /p/steps/a.step.js:5:9', 'steps/a.step.js'), [
    'steps/a.step.js:5 ',
  ])
})

test("packages are somebody else's", () => {
  const stack =
    'Error: no\n    at f (/p/node_modules/x/index.js:1:1)\n    at g (/elsewhere/y.js:2:2)\n    at handler (/p/steps/a.step.js:3:3)'
  assert.deepEqual(
    framesOf(stack, 'steps/a.step.js').map((frame) => frame.file),
    [null, null, 'steps/a.step.js'],
  )
  assert.equal(ownFrame(framesOf(stack, 'steps/a.step.js'))?.line, 3)
  assert.equal(ownFrame(framesOf('Error: no', 'steps/a.step.js')), null)
})
