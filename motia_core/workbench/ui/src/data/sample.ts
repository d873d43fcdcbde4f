/** A value to begin with, made from a schema: its default or example, the first of its choices, its description, or a
 *  placeholder of its type. Lists have one element. Pure. */

import { choices, folded, isObject, members, type Node, names, resolve, typesOf } from './schema.ts'
import type { Json, JsonSchema } from './types'

const DEEPEST = 8
const FORMATS: Record<string, string> = {
  email: 'somebody@example.com',
  uuid: '3fa85f64-5717-4562-b3fc-2c963f66afa6',
  'date-time': '2026-01-31T12:00:00Z',
  date: '2026-01-31',
  time: '12:00:00Z',
  duration: 'P1D',
  uri: 'https://example.com',
  url: 'https://example.com',
  hostname: 'example.com',
  ipv4: '127.0.0.1',
  ipv6: '::1',
}

/** What stands in the editor at first. */
export function sampleText(schema: JsonSchema | undefined): string {
  return JSON.stringify(schema === undefined ? {} : (sample(schema, schema) ?? {}), null, 2)
}

/** undefined: better left out (it refers to itself without end). */
export function sample(schema: Node, root: JsonSchema, chain: readonly string[] = []): Json | undefined {
  const ref = isObject(schema) && typeof schema.$ref === 'string' ? schema.$ref : null
  if ((ref !== null && chain.includes(ref)) || chain.length > DEEPEST) return undefined
  const deeper = [...chain, ref ?? '']
  const node = folded(resolve(schema, root), root)
  const given = told(node)
  if (given !== undefined) return given
  const shapes = choices(node)
  if (shapes) {
    const first = shapes.find((one) => !isNull(resolve(one, root))) ?? shapes[0]
    const { anyOf: _, oneOf: __, ...beside } = node
    const base = isObject(first) ? { ...beside, ...first } : beside
    return sample(base, root, deeper)
  }
  const type = typesOf(node).find((one) => one !== 'null') ?? typesOf(node)[0]
  if (type === 'object') return anObject(node, root, deeper)
  if (type === 'array') return aList(node, root, deeper)
  if (type === 'string') return aText(node)
  if (type === 'integer' || type === 'number') return aNumber(node, type)
  if (type === 'boolean') return false
  if (type === 'null') return null
  return typeof node.description === 'string' && node.description ? node.description : {}
}

/** What its author said. */
function told(node: JsonSchema): Json | undefined {
  if (node.default !== undefined) return node.default
  if (Array.isArray(node.examples) && node.examples.length > 0) return node.examples[0]
  if (node.example !== undefined) return node.example
  if (node.const !== undefined) return node.const
  if (Array.isArray(node.enum)) return node.enum[0]
  return undefined
}

function anObject(node: JsonSchema, root: JsonSchema, chain: readonly string[]): Json {
  const made: Record<string, Json> = {}
  const required = names(node.required)
  for (const [name, inner] of Object.entries(members(node.properties))) {
    const value = sample(inner, root, chain)
    if (value !== undefined) made[name] = value
    else if (required.includes(name)) made[name] = null
  }
  return made
}

function aList(node: JsonSchema, root: JsonSchema, chain: readonly string[]): Json {
  if (Array.isArray(node.prefixItems)) return node.prefixItems.map((one) => sample(one, root, chain) ?? null)
  const one = sample(node.items ?? {}, root, chain)
  if (one === undefined) return []
  const least = typeof node.minItems === 'number' ? Math.min(node.minItems, 20) : 1
  return Array.from({ length: Math.max(1, least) }, () => one)
}

function aText(node: JsonSchema): string {
  const format = typeof node.format === 'string' ? FORMATS[node.format] : undefined
  if (format !== undefined) return format
  const text = typeof node.description === 'string' && node.description ? node.description : 'string'
  const most = typeof node.maxLength === 'number' ? node.maxLength : text.length
  const least = typeof node.minLength === 'number' ? Math.min(node.minLength, 1000) : 0
  return text.slice(0, most).padEnd(least, 'x')
}

function aNumber(node: JsonSchema, type: string): number {
  const step = typeof node.multipleOf === 'number' && node.multipleOf > 0 ? node.multipleOf : 1
  const over = typeof node.exclusiveMinimum === 'number' ? node.exclusiveMinimum : null
  const least = typeof node.minimum === 'number' ? node.minimum : null
  const under = typeof node.exclusiveMaximum === 'number' ? node.exclusiveMaximum : null
  const most = typeof node.maximum === 'number' ? node.maximum : null
  let value = 0
  if (least !== null && value < least) value = Math.ceil(least / step) * step
  if (over !== null && value <= over) value = (Math.floor(over / step) + 1) * step
  if (most !== null && value > most) value = Math.floor(most / step) * step
  if (under !== null && value >= under) value = (Math.ceil(under / step) - 1) * step
  if (type === 'number' && over !== null && under !== null && (value <= over || value >= under))
    value = (over + under) / 2
  return value
}

function isNull(node: JsonSchema): boolean {
  return node.type === 'null' || ('const' in node && node.const === null)
}
