/** Items of streams in a body: where they stand, and the body with what they are by now in their place. Pure. */
import { isObject } from '../../data/schema.ts'

export interface Mark {
  stream: string
  group: string
  /** Without one it is the whole group. */
  id?: string
  /** Where it stands in the body. */
  path: (string | number)[]
}

const DEEPEST = 6
const MOST = 20
const LOOKED_AT = 5_000

/** The marks of a body, the outermost first. */
export function marksOf(body: unknown): Mark[] {
  const found: Mark[] = []
  let left = LOOKED_AT
  const look = (value: unknown, path: (string | number)[]) => {
    left -= 1
    if (found.length >= MOST || path.length > DEEPEST || left < 0) return
    if (Array.isArray(value)) for (const [at, one] of value.entries()) look(one, [...path, at])
    else if (isObject(value)) {
      const mark = markOf(value.__motia)
      if (mark) found.push({ ...mark, path })
      else for (const [name, inner] of Object.entries(value)) look(inner, [...path, name])
    }
  }
  look(body, [])
  return found
}

function markOf(value: unknown): Omit<Mark, 'path'> | null {
  if (!isObject(value)) return null
  const { streamName, groupId, id } = value
  if (typeof streamName !== 'string' || typeof groupId !== 'string') return null
  return { stream: streamName, group: groupId, ...(typeof id === 'string' && id ? { id } : {}) }
}

/** The body with `value` at `path`; nothing else of it is copied. */
export function replaced(body: unknown, path: readonly (string | number)[], value: unknown): unknown {
  const [first, ...rest] = path
  if (first === undefined) return value
  if (Array.isArray(body)) return body.map((one, at) => (at === first ? replaced(one, rest, value) : one))
  if (!isObject(body)) return body
  return { ...body, [first]: replaced(body[first], rest, value) }
}

export function keyOf(mark: Mark): string {
  return JSON.stringify(mark.path)
}
