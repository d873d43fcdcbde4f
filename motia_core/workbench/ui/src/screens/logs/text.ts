/** A log line as text: what a row shows of it, what a pattern is looked for in, and what is copied. Signs that colour a terminal
 *  are taken out and kept as pieces. Pure. */
import type { LogLine } from '../../data'
import * as format from '../../design/format.ts'
import { fieldsOf } from './wanted.ts'
import type { Range } from './words.ts'

/** Part of a text in one manner: a colour by its name, bold, dim. */
export interface Piece {
  text: string
  colour?: Colour
  isBold?: boolean
  isDim?: boolean
  /** What was looked for stands here. */
  isFound?: boolean
}

export const COLOURS = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const
export type Colour = (typeof COLOURS)[number]

export interface LineText {
  /** Without colours; the message, then the fields. */
  text: string
  /** Where the fields begin. */
  fieldsAt: number
  /** The message in its colours. */
  pieces: readonly Piece[]
  /** Lines of the message. */
  lines: number
}

/** As much of a message and of its fields as a row takes. */
const MESSAGE = 4000
const FIELDS = 600
// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals are spoken to with these
const ESCAPES = /\u001b(?:\[([0-9;:]*)([@-~])|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const OTHERS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g

const known = new WeakMap<LogLine, LineText>()

export function textOf(line: LogLine): LineText {
  const before = known.get(line)
  if (before) return before
  const pieces = coloured(line.msg.length > MESSAGE ? `${line.msg.slice(0, MESSAGE)}…` : line.msg)
  const message = pieces.map((one) => one.text).join('')
  const fields = fieldsText(line)
  const made = {
    text: fields ? `${message}  ${fields}` : message,
    fieldsAt: message.length,
    pieces,
    lines: 1 + (message.match(/\n/g)?.length ?? 0),
  }
  known.set(line, made)
  return made
}

/** The whole message without colours. */
export function plainMessage(line: LogLine): string {
  return coloured(line.msg)
    .map((one) => one.text)
    .join('')
}

/** One line for people: time, level, step, message, fields. */
export function copied(line: LogLine): string {
  const fields = fieldsOf(line)
  const head = `${new Date(line.time).toISOString()} ${line.level.toUpperCase()}`
  const step = line.step ? ` [${line.step}]` : ''
  return `${head}${step} ${plainMessage(line)}${fields ? ` ${JSON.stringify(fields)}` : ''}`
}

/** `14:03:21.042`, with the day when it is not today's; `compact` leaves out the day and the thousandths. */
export function timeOf(ms: number, compact: boolean, today: string): string {
  const at = new Date(ms)
  if (compact) return format.clock(ms).slice(0, 8)
  return at.toDateString() === today ? format.clock(ms) : `${dayOf(at)} ${format.clock(ms)}`
}

function dayOf(at: Date): string {
  return `${String(at.getMonth() + 1).padStart(2, '0')}-${String(at.getDate()).padStart(2, '0')}`
}

/** `orderId=o-1 total=42 items=["a"]` */
function fieldsText(line: LogLine): string {
  const fields = fieldsOf(line)
  if (fields === null) return ''
  let text = ''
  for (const [key, value] of Object.entries(fields)) {
    text += `${text ? ' ' : ''}${key}=${plain(value)}`
    if (text.length > FIELDS) return `${text.slice(0, FIELDS)}…`
  }
  return text.replaceAll('\n', '↵').replaceAll(OTHERS, '')
}

function plain(value: unknown): string {
  if (typeof value === 'string')
    return /^[^\s"=]{1,200}$/.test(value) ? value : JSON.stringify(value.slice(0, FIELDS))
  return JSON.stringify(value) ?? ''
}

/** A text with colours of a terminal as pieces; anything else a terminal would be told is left out. */
export function coloured(text: string): Piece[] {
  if (!text.includes('\u001b')) return [{ text: text.replaceAll(OTHERS, '') }]
  const pieces: Piece[] = []
  let manner: Omit<Piece, 'text'> = {}
  let at = 0
  const add = (to: number) => {
    const part = text.slice(at, to).replaceAll(OTHERS, '')
    if (part) pieces.push({ text: part, ...manner })
  }
  for (const match of text.matchAll(ESCAPES)) {
    add(match.index)
    at = match.index + match[0].length
    if (match[2] === 'm') manner = next(manner, match[1] ?? '')
  }
  add(text.length)
  return pieces.length > 0 ? pieces : [{ text: '' }]
}

function next(before: Omit<Piece, 'text'>, codes: string): Omit<Piece, 'text'> {
  let manner = { ...before }
  const all = codes.split(/[;:]/).map(Number)
  for (let at = 0; at < all.length; at += 1) {
    const code = all[at] ?? 0
    if (code === 0) manner = {}
    else if (code === 1) manner.isBold = true
    else if (code === 2) manner.isDim = true
    else if (code === 22) manner = { ...manner, isBold: undefined, isDim: undefined }
    else if (code === 39) manner.colour = undefined
    // Colours by number or by light: not ours to show in two themes.
    else if (code === 38 || code === 48) at += all[at + 1] === 5 ? 2 : 4
    else if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) manner.colour = COLOURS[code % 10]
  }
  return manner
}

/** The same pieces, cut where `ranges` of the whole begin and end. `ranges` are sorted or not, and may overlap. */
export function marked(pieces: readonly Piece[], ranges: readonly Range[], from = 0): readonly Piece[] {
  if (ranges.length === 0) return pieces
  const cut: Piece[] = []
  let at = from
  for (const piece of pieces) {
    const end = at + piece.text.length
    const edges = new Set([at, end])
    for (const [one, other] of ranges)
      for (const edge of [one, other]) if (edge > at && edge < end) edges.add(edge)
    const sorted = [...edges].sort((a, b) => a - b)
    for (let by = 0; by + 1 < sorted.length; by += 1) {
      const [start, stop] = [sorted[by] ?? 0, sorted[by + 1] ?? 0]
      const isFound = ranges.some(([one, other]) => one <= start && other >= stop && other > one)
      cut.push({ ...piece, text: piece.text.slice(start - at, stop - at), isFound })
    }
    at = end
  }
  return cut
}
