import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { asCurl, asFetch, quoted } from './commands.ts'
import { type Draft, firstDraft, isSecret, restored, storable, withKind } from './draft.ts'
import { Listener } from './events.ts'
import { lines, matching, named } from './groups.ts'
import { hexLines, kindOf } from './kinds.ts'
import { marksOf, replaced } from './marks.ts'
import { ask } from './request.ts'
import { fill, paramsOf } from './template.ts'

const ENDPOINT = { id: 'f', method: 'POST', path: '/a/:id', step: 'A', flows: [] }

function draft(more: Partial<Draft> = {}): Draft {
  return { ...firstDraft(ENDPOINT), path: { id: 'x' }, ...more }
}

test('templates are filled as the server reads them', () => {
  const path = (template: string, values: Record<string, string>) => fill(template, values).path
  assert.equal(path('/users/:id', { id: 'a b/c?d#e%' }), '/users/a%20b%2Fc%3Fd%23e%25')
  assert.equal(path('/:lang?/docs', {}), '/docs')
  assert.equal(path('/:lang?/docs', { lang: 'de' }), '/de/docs')
  assert.equal(path('/files/*', { 0: 'a/b c' }), '/files/a/b%20c')
  // The server knows `/files/`, and no `/files`.
  assert.equal(path('/files/*', {}), '/files/')
  assert.equal(path('/:from-:to', { from: '1', to: '2' }), '/1-2')
  assert.equal(path('/Käse/100%', {}), '/K%C3%A4se/100%25')
  assert.equal(path('/:id(\\d+)', { id: '42' }), '/42')
  assert.deepEqual(fill('/:id(\\d+)', { id: 'x' }).problems, ['id does not match \\d+'])
  assert.deepEqual(fill('/:id/:name', { name: '..' }).problems.length, 2)
  assert.deepEqual(
    paramsOf('/:a(\\d+)?/:b*/(.*)').map((one) => [one.name, one.optional, one.crosses]),
    [
      ['a', true, false],
      ['b', true, true],
      ['0', false, true],
    ],
  )
})

test('a request is made of what is switched on', () => {
  const asked = ask(
    '/a/:id',
    draft({
      query: [
        { name: 'q', value: 'a&b=c', on: true },
        { name: 'off', value: '1', on: false },
        { name: 'q', value: 'ü', on: true },
      ],
      headers: [
        { name: 'X-A', value: ' 1 ', on: true },
        { name: 'Cookie', value: 'a=b', on: true },
        { name: 'X-B', value: '2', on: false },
        { name: 'bad name', value: '', on: true },
        { name: 'X-C', value: 'a\nb', on: true },
        { name: 'X-D', value: '→', on: true },
      ],
    }),
  )
  assert.equal(asked.target, '/a/x?q=a%26b%3Dc&q=%C3%BC')
  assert.deepEqual(asked.headers, [
    ['X-A', '1'],
    ['Cookie', 'a=b'],
  ])
  assert.deepEqual(asked.withheld, ['Cookie'])
  assert.equal(asked.problems.length, 3)
})

test('a Content-Type follows the kind of the body until somebody changes it, and goes with a body only', () => {
  const type = (one: Draft) => ask('/a/:id', one).headers.find(([name]) => name === 'Content-Type')?.[1]
  assert.equal(type(draft()), 'application/json')
  assert.equal(type(withKind(draft(), 'text')), 'text/plain')
  assert.equal(type(withKind(draft(), 'multipart')), undefined)
  assert.equal(type(draft({ method: 'GET' })), undefined)
  const own = draft({ headers: [{ name: 'Content-Type', value: 'text/csv', on: true }] })
  assert.equal(type(withKind(own, 'text')), 'text/csv')
})

test('secrets and files are not stored', () => {
  for (const name of ['Authorization', 'X-API-Key', 'cookie', 'authToken', 'client_secret', 'password'])
    assert.equal(isSecret(name), true, name)
  for (const name of ['Accept', 'Content-Type', 'X-Request-Id']) assert.equal(isSecret(name), false, name)
  const kept = storable(
    draft({
      path: { id: 'x', token: 'SECRET' },
      headers: [{ name: 'authorization', value: 'Bearer SECRET', on: true }],
      query: [{ name: 'api_key', value: 'SECRET', on: true }],
      form: [{ name: 'password', value: 'SECRET', on: true }],
      parts: [{ name: 'token', value: 'SECRET', on: true, file: new File(['SECRET'], 'f') }],
      file: new File(['SECRET'], 'f'),
    }),
  )
  assert.equal(JSON.stringify(kept).includes('SECRET'), false)
  assert.equal(kept.path.id, 'x')
  assert.equal(kept.headers[0]?.name, 'authorization')
})

test('what was stored and cannot be understood is as at first', () => {
  const first = firstDraft(ENDPOINT)
  for (const bad of [null, 4, 'x', [], { headers: 'x', kind: 'odd', json: 4, path: 3, method: 'TRACE' }])
    assert.deepEqual(restored(bad, first, ['POST']), first)
  assert.equal(restored({ json: '[]' }, first, ['POST']).json, '[]')
})

const NASTY = [
  `it's`,
  `'; echo broken; '`,
  '$(echo broken) `echo broken` $HOME !! \\',
  '"double" \n\n two lines \t tab',
  '@/etc/passwd',
  '-o /tmp/broken',
  '<file> && exit 1 #',
  'ünïcödé 😀 \u202e',
  '',
  '%41 %% \\n \\0',
]

test('whatever a text holds, a shell reads it as it is', () => {
  for (const text of NASTY) {
    const said = execFileSync('sh', ['-c', `printf %s ${quoted(text)}`], { encoding: 'utf8' })
    assert.equal(said, text)
  }
})

test('curl is told everything', () => {
  const asked = ask('/a/:id', draft({ json: `{"it's": 1}`, method: 'DELETE', cookies: true }))
  assert.equal(
    asCurl(asked, 'http://h'),
    [
      `curl 'http://h/a/x'`,
      `--request 'DELETE'`,
      '--location',
      `--header 'Content-Type: application/json'`,
      `--header 'Accept: application/json, */*'`,
      `--data-raw '{"it'\\''s": 1}'`,
    ].join(' \\\n  '),
  )
  assert.match(asCurl(ask('/a', draft({ method: 'HEAD', kind: 'none' })), ''), /--head/)
  assert.match(
    asCurl(ask('/a', draft({ headers: [], kind: 'text', text: 'x' })), ''),
    /--header 'Content-Type:'/,
  )
  const form = draft({ kind: 'multipart', parts: [{ name: 'a', value: '@x', on: true }] })
  assert.match(asCurl(ask('/a', form), ''), /--form-string 'a=@x'/)
  assert.match(asFetch(asked, 'http://h'), /method: "DELETE"/)
  // It is JavaScript, whatever the texts hold.
  for (const text of NASTY)
    new Function(`return async () => { ${asFetch(ask('/a', draft({ kind: 'text', text })), 'http://h')} }`)
})

test('server-sent events are heard however they are cut', () => {
  const whole =
    ': hello\r\nevent: tick\nid: 7\ndata: one\r\ndata:two\n\nretry: 5\n\ndata\n\ndata: é\r\rdata: half'
  const wanted = [
    [1, 'tick', '7', 'one\ntwo'],
    [2, 'message', '7', ''],
    [3, 'message', '7', 'é'],
  ]
  for (const size of [1, 2, 3, 7, whole.length]) {
    const listener = new Listener('sse')
    const found = []
    for (let at = 0; at < whole.length; at += size)
      found.push(...listener.hear(whole.slice(at, at + size), 0))
    found.push(...listener.end(0))
    assert.deepEqual(
      found.map((one) => [one.number, one.event, one.id, one.data]),
      wanted,
      `cut to ${size}`,
    )
  }
  const rows = new Listener('lines')
  assert.deepEqual(
    [...rows.hear('{"a":1}\n{"b"', 0), ...rows.hear(':2}', 0), ...rows.end(0)].map((one) => one.data),
    ['{"a":1}', '{"b":2}'],
  )
})

test('endpoints stand in each of their flows, those without one last', () => {
  const all = [
    { ...ENDPOINT, id: '1', path: '/b', flows: ['z', 'a'] },
    { ...ENDPOINT, id: '2', path: '/a', method: 'GET', flows: ['z'] },
    { ...ENDPOINT, id: '3', path: '/c', flows: [], description: 'pays out' },
  ]
  const said = lines(all, ['a'], false).map((one) =>
    one.kind === 'flow' ? `${one.flow} ${one.count}` : `${one.endpoint.path}${one.isAgain ? ' again' : ''}`,
  )
  assert.deepEqual(said, ['a 1', 'z 2', '/a', '/b', 'no flow 1', '/c'])
  assert.equal(lines(all, ['a'], true).length, 7, 'while one searches all is unfolded')
  assert.deepEqual(
    matching(all, ' get  /A').map((one) => one.id),
    ['2'],
  )
  assert.deepEqual(
    matching(all, 'PAYS').map((one) => one.id),
    ['3'],
  )
  assert.equal(named(all, 'POST /c')?.id, '3')
  assert.equal(named(all, ''), undefined)
})

test('items of streams are found where they stand, and replaced there', () => {
  const mark = { type: 'state-stream', streamName: 's', groupId: 'g', id: 'i' }
  const body = { list: [{ x: 1 }, { text: 'old', __motia: mark }], other: { y: 1 } }
  const [found, ...more] = marksOf(body)
  assert.deepEqual([found, more], [{ stream: 's', group: 'g', id: 'i', path: ['list', 1] }, []])
  const made = replaced(body, ['list', 1], { text: 'new' }) as typeof body
  assert.deepEqual(made.list, [{ x: 1 }, { text: 'new' }])
  assert.equal(made.other, body.other)
  assert.equal((body.list[1] as { text: string }).text, 'old')
  assert.deepEqual(marksOf({ __motia: { streamName: 's', groupId: 'g' } }), [
    { stream: 's', group: 'g', path: [] },
  ])
  assert.deepEqual(marksOf([null, 'x', { __motia: 4 }]), [])
})

test('a body is shown as what it is', () => {
  const kind = (type: string, text = 'x', size = 1) =>
    kindOf({ type, text, size, format: null, isUnderWay: false })
  assert.equal(kind('application/problem+json; charset=utf-8'), 'json')
  assert.equal(kind('text/html'), 'html')
  assert.equal(kind('image/svg+xml'), 'image')
  assert.equal(kind('text/csv'), 'text')
  assert.equal(kind('application/pdf'), 'binary')
  assert.equal(kind('', 'words'), 'text')
  assert.equal(kind('', 'a\0b'), 'binary')
  assert.equal(kind('application/json', '', 0), 'nothing')
  assert.equal(hexLines(new Uint8Array([72, 0])), `000000  48 00${' '.repeat(44)}H.`)
})
