/** The server's idea of a text search, for lines that come live and for marking what was found: words in a row, the last one
 *  perhaps only begun, without case and accents. Pure. */

export interface Word {
  word: string
  from: number
  to: number
}

/** A piece of a text, by its offsets. */
export type Range = readonly [from: number, to: number]

const WORD = /[\p{L}\p{N}\p{M}]+/gu

/** In the order they stand, folded, with their places. */
export function wordsOf(text: string): Word[] {
  const found: Word[] = []
  for (const match of text.matchAll(WORD)) {
    const word = fold(match[0])
    if (word) found.push({ word, from: match.index, to: match.index + match[0].length })
  }
  return found
}

export function hasWords(text: string, wanted: readonly string[]): boolean {
  return rangesOf(text, wanted, 1).length > 0
}

/** Where `wanted` stand in `text`; at most so many places. */
export function rangesOf(text: string, wanted: readonly string[], most = 20): Range[] {
  if (wanted.length === 0) return []
  const found = wordsOf(text)
  const last = wanted.length - 1
  const end = wanted[last] ?? ''
  const mayGoOn = end.length > 1 || end.charCodeAt(0) > 127
  const ranges: Range[] = []
  for (let at = 0; at + last < found.length && ranges.length < most; at += 1) {
    if (!wanted.every((word, by) => by === last || found[at + by]?.word === word)) continue
    const begun = found[at + last]
    if (begun === undefined || !(begun.word === end || (mayGoOn && begun.word.startsWith(end)))) continue
    ranges.push([found[at]?.from ?? 0, Math.min(begun.to, begun.from + end.length)])
  }
  return ranges
}

function fold(text: string): string {
  return /^[\x20-\x7e]*$/.test(text)
    ? text.toLowerCase()
    : text.toLowerCase().normalize('NFD').replaceAll(/\p{M}/gu, '')
}
