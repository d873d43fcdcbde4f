/** What the palette can lead to, and which of it a text means. Pure. */

export interface Place {
  id: string
  label: string
  /** What it is: `step`, `endpoint`, `flow`, `screen`, `trace`, `search`. */
  kind: string
  /** Beside the label: a path, a file. */
  detail?: string
  href: string
}

const MOST = 40
const TRACE = /^[A-Za-z0-9]{5}-\d+-[0-9a-f]+$/

/** The best first: whole names, then beginnings, then words, then letters in order. */
export function matching(places: readonly Place[], text: string): Place[] {
  const wanted = text.trim().toLowerCase()
  if (!wanted) return places.slice(0, MOST)
  const scored: [number, Place][] = []
  for (const place of places) {
    const score = Math.max(
      scoreOf(place.label.toLowerCase(), wanted),
      scoreOf((place.detail ?? '').toLowerCase(), wanted) - 2,
    )
    if (score > 0) scored.push([score, place])
  }
  return scored
    .sort(([left, a], [right, b]) => right - left || a.label.length - b.label.length)
    .slice(0, MOST)
    .map(([, place]) => place)
}

export function isTraceId(text: string): boolean {
  return TRACE.test(text.trim())
}

function scoreOf(text: string, wanted: string): number {
  if (text === wanted) return 10
  if (text.startsWith(wanted)) return 8
  const at = text.indexOf(wanted)
  if (at > 0) return /[\s/._-]/.test(text[at - 1] ?? '') ? 7 : 6
  return inOrder(text, wanted) ? 3 : 0
}

function inOrder(text: string, wanted: string): boolean {
  let at = -1
  for (const letter of wanted) {
    at = text.indexOf(letter, at + 1)
    if (at < 0) return false
  }
  return true
}
