/** Path templates as steps write them (`/users/:id(\\d+)`, `/:lang?/docs`, `/files/*`): their parameters, and the path that
 *  comes of values. Pure. */

export interface PathParam {
  name: string
  /** What it must match, as its author wrote it. */
  pattern: string | null
  optional: boolean
  /** It may hold slashes. */
  crosses: boolean
  /** `*` alone: `/files/*` is served at `/files/`, not at `/files`. */
  isRest: boolean
}

export type Piece = string | PathParam

export interface Filled {
  path: string
  /** In words: what keeps it from being sent. */
  problems: string[]
}

const TOKEN =
  /:([\p{L}\p{N}_]+)(?:\(((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*)\))?([?*+])?|\(((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*)\)([?*+])?|\*/gu

/** Literal text and parameters in turn. */
export function pieces(template: string): Piece[] {
  const found: Piece[] = []
  let at = 0
  let unnamed = 0
  for (const token of template.matchAll(TOKEN)) {
    if (token.index > at) found.push(template.slice(at, token.index))
    at = token.index + token[0].length
    const [whole, name, regex, mod = '', group, groupMod = ''] = token
    const pattern = regex ?? group ?? null
    found.push({
      name: name ?? String(unnamed),
      pattern,
      optional: (mod || groupMod) === '?' || (mod || groupMod) === '*' || whole === '*',
      isRest: whole === '*',
      crosses: whole === '*' || /[*+]/.test(mod || groupMod) || mayCross(pattern ?? ''),
    })
    if (name === undefined) unnamed += 1
  }
  if (at < template.length) found.push(template.slice(at))
  return found
}

export function paramsOf(template: string): PathParam[] {
  return pieces(template).filter((piece) => typeof piece !== 'string')
}

/** The path to be sent. Where a value is missing its template stands. */
export function fill(template: string, values: Readonly<Record<string, string>>): Filled {
  const problems: string[] = []
  let path = ''
  for (const piece of pieces(template)) {
    if (typeof piece === 'string') {
      path += literal(piece)
      continue
    }
    const value = values[piece.name] ?? ''
    if (value === '') {
      if (piece.isRest) continue
      if (piece.optional) path = path.replace(/\/$/, '')
      else {
        problems.push(`Fill in ${nameOf(piece)}`)
        path += `:${piece.name}`
      }
      continue
    }
    const parts = piece.crosses ? value.split('/') : [value]
    if (parts.some((part) => part === '.' || part === '..'))
      problems.push(`Browsers cannot send “${value}” as a part of a path: use copy as curl`)
    if (piece.pattern !== null && !matches(value, piece.pattern))
      problems.push(`${nameOf(piece)} does not match ${piece.pattern}`)
    path += parts.map(encodeURIComponent).join('/')
  }
  return { path: path || '/', problems }
}

export function nameOf(param: PathParam): string {
  return /^\d/.test(param.name) ? `the part at ${param.crosses ? '*' : `(${param.pattern})`}` : param.name
}

function matches(value: string, pattern: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`, 'i').test(value)
  } catch {
    // The server's expressions know more than the browser's; it will say.
    return true
  }
}

/** As it stands, but for what a URL cannot hold. */
function literal(text: string): string {
  return text.replace(/%(?![0-9a-f]{2})|[^%\w\-.~!$&'()*+,;=:@/]/giu, encodeURIComponent)
}

function mayCross(pattern: string): boolean {
  const rest = pattern.replace(/\[(?:[^\]\\]|\\.)*\]/g, '')
  return rest.includes('/') || /\\[SDW]/.test(rest) || rest.replace(/\\./g, '').includes('.')
}
