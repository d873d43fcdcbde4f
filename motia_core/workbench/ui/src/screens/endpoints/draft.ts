/** What one fills in for an endpoint: the shape of a request being written, what stands there at first, and what of it may
 *  be kept on this machine. Pure. */
import type { Endpoint } from '../../data'
import { sample, sampleText } from '../../data/sample.ts'
import { isObject, members, names, words } from '../../data/schema.ts'
import { paramsOf } from './template.ts'

export interface Row {
  name: string
  value: string
  on: boolean
  /** From the step: what it means. */
  about?: string
}

/** A field of a form with files. */
export interface Part extends Row {
  file?: File | null
  isFile?: boolean
}

export type BodyKind = 'none' | 'json' | 'text' | 'form' | 'multipart' | 'bytes'

export interface Draft {
  method: string
  path: Record<string, string>
  query: Row[]
  headers: Row[]
  kind: BodyKind
  json: string
  text: string
  form: Row[]
  parts: Part[]
  /** Bytes as base64; a chosen file wins. */
  base64: string
  file: File | null
  cookies: boolean
  follows: boolean
}

export const TYPES: Record<BodyKind, string> = {
  none: '',
  json: 'application/json',
  text: 'text/plain',
  form: 'application/x-www-form-urlencoded',
  multipart: 'multipart/form-data',
  bytes: 'application/octet-stream',
}

const EVERY = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']

/** What it can be asked with. */
export function methodsOf(endpoint: Endpoint): string[] {
  if (endpoint.method === 'ANY') return EVERY
  return endpoint.method === 'GET' ? ['GET', 'HEAD'] : [endpoint.method]
}

/** Browsers send no body with these. */
export function takesNoBody(method: string): boolean {
  return method === 'GET' || method === 'HEAD'
}

export function firstDraft(endpoint: Endpoint): Draft {
  const method = endpoint.method === 'ANY' && endpoint.bodySchema ? 'POST' : (methodsOf(endpoint)[0] ?? 'GET')
  const bodyless = takesNoBody(method) || ['DELETE', 'OPTIONS'].includes(method)
  const kind = kindOf(endpoint, bodyless)
  return {
    method,
    path: pathValues(endpoint),
    query: queryRows(endpoint),
    headers: [
      { name: 'Content-Type', value: TYPES[kind] || TYPES.json, on: true },
      { name: 'Accept', value: 'application/json, */*', on: true },
      ...schemaRows(endpoint, 'headers'),
    ],
    kind,
    json: sampleText(endpoint.bodySchema),
    text: '',
    form: formRows(endpoint).filter((row) => !row.isFile),
    parts: formRows(endpoint),
    base64: '',
    file: null,
    cookies: true,
    follows: true,
  }
}

/** A Content-Type that nobody has changed follows the kind of the body. */
export function withKind(draft: Draft, kind: BodyKind): Draft {
  const known = Object.values(TYPES)
  const headers = draft.headers.map((row) =>
    row.name.toLowerCase() === 'content-type' && known.includes(row.value) && kind !== 'none'
      ? { ...row, value: TYPES[kind] }
      : row,
  )
  return { ...draft, kind, headers }
}

const SECRET = /authorization|cookie|token|key|secret|passw|session|credential/i

export function isSecret(name: string): boolean {
  return SECRET.test(name)
}

/** Without files and without the values of what looks like a secret: what may be stored. */
export function storable(draft: Draft): Draft {
  const blank = <T extends Row>(row: T): T => (isSecret(row.name) ? { ...row, value: '' } : row)
  const path = Object.fromEntries(
    Object.entries(draft.path).map(([name, value]) => [name, isSecret(name) ? '' : value]),
  )
  return {
    ...draft,
    path,
    query: draft.query.map(blank),
    headers: draft.headers.map(blank),
    form: draft.form.map(blank),
    parts: draft.parts.map((part) => ({ ...blank(part), file: null })),
    file: null,
  }
}

/** What was stored may be of another day: whatever is missing or of another kind is as at first. */
export function restored(stored: unknown, first: Draft, methods: string[]): Draft {
  if (!isObject(stored)) return first
  const draft: Draft = { ...first }
  const given = stored as unknown as Partial<Draft>
  for (const name of ['json', 'text', 'base64'] as const)
    if (typeof given[name] === 'string') draft[name] = given[name]
  for (const name of ['query', 'headers', 'form', 'parts'] as const)
    if (Array.isArray(given[name])) draft[name] = given[name].filter(isRow)
  for (const name of ['cookies', 'follows'] as const)
    if (typeof given[name] === 'boolean') draft[name] = given[name]
  if (typeof given.kind === 'string' && given.kind in TYPES) draft.kind = given.kind
  if (typeof given.method === 'string' && methods.includes(given.method)) draft.method = given.method
  if (isObject(given.path)) draft.path = { ...first.path, ...given.path }
  return draft
}

function isRow(row: unknown): row is Row {
  return isObject(row) && typeof row.name === 'string' && typeof row.value === 'string'
}

function kindOf(endpoint: Endpoint, bodyless: boolean): BodyKind {
  if (bodyless) return 'none'
  const fields = Object.values(members(endpoint.bodySchema?.properties))
  return fields.some((one) => isObject(one) && one.format === 'binary') ? 'multipart' : 'json'
}

function pathValues(endpoint: Endpoint): Record<string, string> {
  const root = endpoint.parameters?.params ?? {}
  const known = members(root.properties)
  return Object.fromEntries(
    paramsOf(endpoint.path).map(({ name }) => [name, shown(given(known[name]) ?? '')]),
  )
}

/** Off at first, so that nothing is sent that nobody meant; what is required is on. */
function queryRows(endpoint: Endpoint): Row[] {
  const rows = (endpoint.queryParams ?? []).map(({ name, description }) => ({
    name,
    value: '',
    on: false,
    about: description,
  }))
  const seen = new Set(rows.map((row) => row.name))
  return [...rows, ...schemaRows(endpoint, 'query').filter((row) => !seen.has(row.name))]
}

function schemaRows(endpoint: Endpoint, where: 'query' | 'headers'): Row[] {
  const root = endpoint.parameters?.[where]
  if (!root) return []
  const required = names(root.required)
  return Object.entries(members(root.properties)).map(([name, node]) => {
    const on = required.includes(name)
    const about =
      isObject(node) && typeof node.description === 'string' ? node.description : words(node, root)
    return { name, value: shown(given(node) ?? (on ? (sample(node, root) ?? '') : '')), on, about }
  })
}

function formRows(endpoint: Endpoint): Part[] {
  const root = endpoint.bodySchema
  if (!root) return [{ name: '', value: '', on: true }]
  const rows = Object.entries(members(root.properties)).map(([name, node]): Part => {
    const isFile = isObject(node) && node.format === 'binary'
    return { name, value: isFile ? '' : shown(sample(node, root) ?? ''), on: true, isFile }
  })
  return rows.length ? rows : [{ name: '', value: '', on: true }]
}

function given(node: unknown) {
  if (!isObject(node)) return undefined
  if (node.default !== undefined) return node.default
  return Array.isArray(node.examples) ? node.examples[0] : undefined
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
