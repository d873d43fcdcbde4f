/** JSON whose whole numbers stay as they were written. Steps in Python and Ruby have any number of digits; a number of
 *  JavaScript has sixteen, and would be shown, and saved, as another one. */

interface Source {
  source: string
}

/** `rawJSON` and the source of a value came together, in the browsers of 2025; older ones round, as they always did. */
const raw = (JSON as { rawJSON?: (text: string) => unknown }).rawJSON
/** Numbers that may be too long, also where they stand in a text: most JSON has none and is read without looking at each. */
const MAYBE = /(?:^|[\s:,[-])\d{16}/

/** A whole number that JavaScript would round. Written into JSON it is its digits again. */
export class Exact {
  readonly digits: string

  constructor(digits: string) {
    this.digits = digits
  }

  toString(): string {
    return this.digits
  }

  toJSON(): unknown {
    return raw ? raw(this.digits) : Number(this.digits)
  }
}

/** As `JSON.parse`, but for numbers that it would round: those are `Exact`. */
export function parseJson(text: string): unknown {
  if (!raw || !MAYBE.test(text)) return JSON.parse(text)
  const keep = (_: string, value: unknown, { source }: Source) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d{16,}$/.test(source)
      ? new Exact(source)
      : value
  return JSON.parse(text, keep as (key: string, value: unknown) => unknown)
}
