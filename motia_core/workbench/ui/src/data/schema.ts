/** Reading JSON Schemas: references, kinds in words, the first shape of many. Pure. */
import type { Json, JsonSchema } from './types'

/** A schema, `true` or `false`; anything else counts as "anything". */
export type Node = Json | undefined

export function isObject(value: unknown): value is Record<string, Json> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

/** What `$ref` leads to within the same document; members beside it count too. */
export function resolve(node: Node, root: JsonSchema, seen: readonly string[] = []): JsonSchema {
  if (!isObject(node)) return node === false ? { not: {} } : {}
  const ref = node.$ref
  if (typeof ref !== 'string' || seen.includes(ref) || seen.length > 20) return node
  const target = resolve(at(root, ref), root, [...seen, ref])
  const { $ref: _, ...beside } = node
  return { ...target, ...beside }
}

function at(root: JsonSchema, ref: string): Json | undefined {
  if (ref === '#') return root
  if (!ref.startsWith('#/')) return undefined
  let found: Json | undefined = root
  for (const part of ref.slice(2).split('/')) {
    const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')
    found = Array.isArray(found) ? found[Number(key)] : isObject(found) ? found[key] : undefined
  }
  return found
}

/** `anyOf` or `oneOf`; null when there is neither. */
export function choices(node: JsonSchema): Json[] | null {
  if (Array.isArray(node.anyOf)) return node.anyOf
  return Array.isArray(node.oneOf) ? node.oneOf : null
}

/** `allOf` folded into one; what differs is the later one's. */
export function folded(node: JsonSchema, root: JsonSchema): JsonSchema {
  if (!Array.isArray(node.allOf)) return node
  const { allOf, ...rest } = node
  let found: JsonSchema = rest
  for (const one of allOf) {
    const part = folded(resolve(one, root), root)
    found = {
      ...found,
      ...part,
      properties: { ...members(found.properties), ...members(part.properties) },
      required: [...names(found.required), ...names(part.required)],
    }
  }
  return found
}

export function members(value: Json | undefined): Record<string, Json> {
  return isObject(value) ? value : {}
}

export function names(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}

/** The types it allows, as JSON Schema names them; empty: any. */
export function typesOf(node: JsonSchema): string[] {
  if (typeof node.type === 'string') return [node.type]
  if (Array.isArray(node.type)) return names(node.type)
  if ('properties' in node || 'additionalProperties' in node) return ['object']
  if ('items' in node || 'prefixItems' in node) return ['array']
  return []
}

/** `string`, `array of integer`, `"a" or "b"`, `string (email)`, `object or null`. */
export function words(schema: Node, root: JsonSchema, depth = 0): string {
  const node = folded(resolve(schema, root), root)
  if (Array.isArray(node.enum)) return either(node.enum.map((one) => JSON.stringify(one)))
  if ('const' in node) return JSON.stringify(node.const)
  const shapes = choices(node)
  if (shapes && depth < 4) return either([...new Set(shapes.map((one) => words(one, root, depth + 1)))])
  const types = typesOf(node)
  if (types.length === 0) return 'anything'
  return either(
    types.map((type) => {
      if (type === 'array' && depth < 4 && node.items !== undefined && node.items !== true)
        return `array of ${words(node.items, root, depth + 1)}`
      const format = type === 'string' && typeof node.format === 'string' ? ` (${node.format})` : ''
      return `${type}${format}`
    }),
  )
}

function either(all: string[]): string {
  const shown = all.length > 8 ? [...all.slice(0, 8), `${all.length - 8} more`] : all
  return shown.length < 2 ? (shown[0] ?? 'nothing') : `${shown.slice(0, -1).join(', ')} or ${shown.at(-1)}`
}
