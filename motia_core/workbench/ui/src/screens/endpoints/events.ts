/** Bodies that come piece by piece: server-sent events, and lines of JSON. Pure but for what it remembers of a line that is
 *  not whole yet. */

export interface Heard {
  /** Counted from 1. */
  number: number
  /** `message` unless the server says another name. */
  event: string
  id: string
  data: string
  /** ms since the request was sent. */
  at: number
}

export type Format = 'sse' | 'lines'

/** null: the body is one whole. */
export function formatOf(type: string): Format | null {
  if (/^text\/event-stream\b/i.test(type)) return 'sse'
  return /^application\/(?:x-)?(?:ndjson|jsonl|jsonlines|json-seq)\b/i.test(type) ? 'lines' : null
}

export class Listener {
  private rest = ''
  private number = 0
  private event = ''
  private id = ''
  private data: string[] = []
  private readonly format: Format

  constructor(format: Format) {
    this.format = format
  }

  /** Events that are whole by now. */
  hear(text: string, at: number): Heard[] {
    const all = this.rest + text
    // A carriage return at the end may be half of a line break.
    const cut = all.endsWith('\r') ? all.length - 1 : all.length
    const lines = all.slice(0, cut).split(/\r\n|\r|\n/)
    this.rest = (lines.pop() ?? '') + all.slice(cut)
    return lines.flatMap((line) => this.line(line, at) ?? [])
  }

  /** The body has ended: a last line of JSON needs no line break, half an event is none. */
  end(at: number): Heard[] {
    const last = this.rest
    this.rest = ''
    return this.format === 'lines' && last.trim() ? [this.made('', last, at)] : []
  }

  private line(line: string, at: number): Heard | null {
    if (this.format === 'lines') return line.trim() ? this.made('', line, at) : null
    if (line === '') {
      const data = this.data
      const event = this.event
      this.data = []
      this.event = ''
      return data.length ? this.made(event || 'message', data.join('\n'), at) : null
    }
    const colon = line.indexOf(':')
    if (colon === 0) return null
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'event') this.event = value
    else if (field === 'data') this.data.push(value)
    else if (field === 'id' && !value.includes('\0')) this.id = value
    return null
  }

  private made(event: string, data: string, at: number): Heard {
    this.number += 1
    return {
      number: this.number,
      event,
      id: this.id,
      data: data.startsWith('\u001e') ? data.slice(1) : data,
      at,
    }
  }
}
