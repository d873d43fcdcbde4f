/** What the page and its worker say to one another about patterns, and the search itself. Pure. */

export interface PatternTask {
  task: number
  pattern: string
  texts: readonly string[]
}

/** Per text that has it: its place among the texts, then where the pattern stands (from, to, from, to, …). */
export interface PatternAnswer {
  task: number
  found: readonly (readonly [at: number, places: readonly number[]])[]
}

const MOST_PLACES = 20

/** Small letters look for both, a capital one says that it matters. */
export function compiled(pattern: string): RegExp {
  return new RegExp(pattern, /\p{Lu}/u.test(pattern.replaceAll(/\\./g, '')) ? 'gu' : 'giu')
}

/** null: it can be used. */
export function patternError(pattern: string): string | null {
  try {
    compiled(pattern)
    return null
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    return said.replace(/^Invalid regular expression: \/.*\/[a-z]*: /s, '')
  }
}

export function foundIn(pattern: string, texts: readonly string[]): PatternAnswer['found'] {
  const wanted = compiled(pattern)
  const found: [number, number[]][] = []
  texts.forEach((text, at) => {
    wanted.lastIndex = 0
    const places: number[] = []
    for (let match = wanted.exec(text); match; match = wanted.exec(text)) {
      places.push(match.index, match.index + match[0].length)
      if (match[0] === '') wanted.lastIndex += 1
      if (places.length >= MOST_PLACES * 2) break
    }
    if (places.length > 0) found.push([at, places])
  })
  return found
}
