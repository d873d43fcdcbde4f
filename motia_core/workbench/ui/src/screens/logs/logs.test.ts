/** The pure parts of the log: what is wanted, what a line says, where words stand, and how a stretch grows without gaps. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Params } from '../../data/api.ts'
import type { LogLine, Page } from '../../data/types.ts'
import { Book } from './book.ts'
import { foundIn, patternError } from './patterns.ts'
import { coloured, marked, textOf } from './text.ts'
import { EVERYTHING, judge, momentOf } from './wanted.ts'
import { hasWords, rangesOf } from './words.ts'

function line(number: number, more: Partial<LogLine> = {}): LogLine {
  return {
    id: `l${number}`,
    level: 'info',
    time: number,
    msg: `line ${number}`,
    flows: [],
    source: 'logger',
    ...more,
  }
}

/** A log as the server has it: pages from either end, by number. */
function server(lines: LogLine[]) {
  return async (params: Params): Promise<Page<LogLine>> => {
    const limit = Number(params.limit)
    const isOldest = params.order === 'oldest'
    const at = params.cursor == null ? null : Number(params.cursor)
    const fitting = lines
      .map((one, number) => ({ one, number }))
      .filter(({ one }) => one.time >= Number(params.since ?? 0) && one.time <= Number(params.until ?? 1e15))
      .filter(({ number }) => at === null || (isOldest ? number > at : number < at))
    const ordered = isOldest ? fitting : fitting.reverse()
    const shown = ordered.slice(0, limit)
    return {
      items: shown.map(({ one }) => one),
      next: ordered.length > limit ? String(shown.at(-1)?.number) : null,
    }
  }
}

const ids = (book: Book) => book.get().lines.map((one) => one.id)
const all = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => line(from + at))

test('words are found as the server finds them', () => {
  assert.ok(hasWords('Café Crème, please', ['cafe', 'cre']))
  assert.ok(!hasWords('crème café', ['cafe', 'creme']))
  assert.ok(!hasWords('customer', ['c']))
  assert.deepEqual(rangesOf('for customer-42.', ['customer', '4']), [])
  assert.deepEqual(rangesOf('for customer-42.', ['customer', '42']), [[4, 15]])
  assert.deepEqual(rangesOf('order_id', ['id']), [[6, 8]])
})

test('a live line is judged by all filters', () => {
  const wanted = { ...EVERYTHING, level: 'warn', step: 'A', since: '5m', q: 'hello o-1' }
  const fits = judge(wanted, 1_000_000)
  const good = line(1, { level: 'error', step: 'A', time: 900_000, msg: 'hello', orderId: 'o-1' })
  assert.ok(!fits(good), 'the name of the field stands between the words')
  assert.ok(judge({ ...wanted, q: 'hello' }, 1_000_000)(good))
  assert.ok(!judge({ ...wanted, q: 'hello' }, 2_000_000)(good))
  assert.ok(!judge({ ...wanted, q: '' }, 1_000_000)({ ...good, level: 'info' }))
  assert.equal(momentOf('90s', 100_000), 10_000)
  assert.equal(momentOf('soon', 1), null)
})

test('colours become pieces and other signs go', () => {
  assert.deepEqual(coloured('\u001b[1;31mred\u001b[0m \u001b[2Kplain\u0007'), [
    { text: 'red', isBold: true, colour: 'red' },
    { text: ' ' },
    { text: 'plain' },
  ])
  assert.deepEqual(coloured('\u001b[38;5;12mnumbered\u001b[39m'), [{ text: 'numbered' }])
  const { text, fieldsAt } = textOf(
    line(1, { msg: '\u001b[32mok\u001b[0m', orderId: 'o-1', note: 'two words' }),
  )
  assert.equal(text, 'ok  orderId=o-1 note="two words"')
  assert.equal(fieldsAt, 2)
  assert.deepEqual(
    marked([{ text: 'abc' }, { text: 'def' }], [[2, 4]]).map((one) => [one.text, one.isFound ?? false]),
    [
      ['ab', false],
      ['c', true],
      ['d', true],
      ['ef', false],
    ],
  )
})

test('patterns', () => {
  assert.deepEqual(foundIn('b+', ['abb b', 'x']), [[0, [1, 3, 4, 5]]])
  assert.deepEqual(foundIn('Order', ['order', 'Order']), [[1, [0, 5]]])
  assert.equal(foundIn('x*', ['ab'])[0]?.[1].length, 6)
  assert.equal(patternError('a|b'), null)
  assert.match(patternError('(') ?? '', /Unterminated group/)
})

test('a stretch begins at the end and grows backwards', async () => {
  const book = new Book(server(all(0, 1000)), EVERYTHING, 0, null)
  await book.open()
  assert.deepEqual([ids(book)[0], ids(book).at(-1), ids(book).length], ['l800', 'l999', 200])
  await book.loadOlder()
  assert.deepEqual([ids(book)[0], ids(book).length], ['l300', 700])
  await book.loadOlder()
  assert.deepEqual([ids(book)[0], ids(book).length, book.get().hasOlder], ['l0', 1000, false])
})

test('what comes live is added once, and gaps are mended', async () => {
  const lines = all(0, 50)
  const book = new Book(server(lines), EVERYTHING, 0, null)
  await book.open()
  await book.mend()
  lines.push(line(50))
  book.hear([line(50), line(50)])
  book.hear([line(49)])
  assert.equal(ids(book).length, 51)
  book.gap()
  lines.push(...all(51, 300))
  book.hear([line(299)])
  await book.mend()
  assert.deepEqual(
    ids(book),
    lines.map((one) => one.id),
  )
})

test('a gap too wide to mend begins anew, and can be read back', async () => {
  const lines = all(0, 10)
  const book = new Book(server(lines), EVERYTHING, 0, null)
  await book.open()
  await book.mend()
  book.gap()
  lines.push(...all(10, 25_000))
  await book.mend()
  const [first] = book.get().lines
  assert.equal(book.get().lines.at(-1)?.id, 'l24999')
  assert.ok(first && first.time > 1000 && book.get().hasOlder)
  await book.loadOlder()
  assert.equal(book.get().lines[0]?.time, first.time - 500)
})

test('older lines that are wanted while it mends come afterwards', async () => {
  const book = new Book(server(all(0, 1000)), EVERYTHING, 0, null)
  await book.open()
  const mending = book.mend()
  await book.loadOlder()
  assert.equal(ids(book).length, 200, 'it is busy')
  await mending
  await new Promise((done) => setTimeout(done, 5))
  assert.equal(ids(book).length, 700)
})

test('a stretch begins around a line far back and reads on to the end', async () => {
  const lines = all(0, 2000)
  const book = new Book(server(lines), EVERYTHING, 0, { id: 'l700', time: 700 })
  await book.open()
  assert.deepEqual([ids(book)[0], ids(book).at(-1), book.get().isAtEnd], ['l501', 'l899', false])
  book.hear([line(2000)])
  assert.equal(book.get().unseen, 1)
  lines.push(line(2000))
  while (!book.get().isAtEnd) await book.loadNewer()
  assert.deepEqual([ids(book).at(-1), ids(book).length], ['l2000', 1500])
  assert.equal(new Set(ids(book)).size, 1500)
})
