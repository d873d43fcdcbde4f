/** What is wrong with a text that should be JSON, and where. Pure. */

export interface JsonFault {
  message: string
  /** Offset in the text. */
  at: number
  /** From 1. */
  line: number
}

/** null: it is valid. An empty text is not. */
export function jsonError(text: string): JsonFault | null {
  try {
    JSON.parse(text)
    return null
  } catch (error) {
    const at = Math.min(placeOf((error as Error).message, text), text.length)
    const line = text.slice(0, at).split('\n').length
    const what =
      text.trim() === ''
        ? 'There is nothing here: write a value, such as {}'
        : plain((error as Error).message)
    return { message: what, at, line }
  }
}

/** Browsers say it in words of their own. */
function placeOf(message: string, text: string): number {
  const position = /position (\d+)/.exec(message)
  if (position) return Number(position[1])
  const place = /line (\d+) column (\d+)/.exec(message)
  if (place) {
    const lines = text.split('\n').slice(0, Number(place[1]) - 1)
    return lines.reduce((sum, line) => sum + line.length + 1, 0) + Number(place[2]) - 1
  }
  return text.length
}

function plain(message: string): string {
  return message
    .replace(/^JSON\.parse: /, '')
    .replace(/ in JSON at position.*$/s, '')
    .replace(/, ?(?:\.\.\.)?".*" is not valid JSON$/s, '')
    .replace(/ \(line.*\)$/s, '')
}
