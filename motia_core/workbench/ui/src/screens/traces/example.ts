/** An example of what a JSON Schema asks for: defaults, first choices, empty texts. Pure, bounded. */
import type { Json, JsonSchema } from '../../data'

const DEEPEST = 6

export function example(schema: JsonSchema, root: JsonSchema = schema, depth = 0): Json {
  if (schema.default !== undefined) return schema.default
  if (schema.const !== undefined) return schema.const
  if (Array.isArray(schema.examples) && schema.examples.length) return schema.examples[0] as Json
  if (Array.isArray(schema.enum)) return schema.enum[0] ?? null
  if (depth > DEEPEST) return null
  const other = referred(schema, root) ?? chosen(schema)
  if (other) return example(other, root, depth + 1)
  const type = Array.isArray(schema.type) ? schema.type.find((one) => one !== 'null') : schema.type
  if (type === 'object' || schema.properties) {
    const found: { [key: string]: Json } = {}
    for (const [name, part] of Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>))
      found[name] = example(part, root, depth + 1)
    return found
  }
  if (type === 'array') return isSchema(schema.items) ? [example(schema.items, root, depth + 1)] : []
  if (type === 'number' || type === 'integer') return typeof schema.minimum === 'number' ? schema.minimum : 0
  if (type === 'boolean') return false
  return type === 'string' ? '' : null
}

/** `#/$defs/NAME` within the same document. */
function referred(schema: JsonSchema, root: JsonSchema): JsonSchema | null {
  if (typeof schema.$ref !== 'string' || !schema.$ref.startsWith('#/')) return null
  let found: Json | undefined = root
  for (const part of schema.$ref.slice(2).split('/')) found = isSchema(found) ? found[part] : undefined
  return isSchema(found) ? found : null
}

function chosen(schema: JsonSchema): JsonSchema | null {
  for (const name of ['anyOf', 'oneOf', 'allOf'])
    if (Array.isArray(schema[name])) {
      const found = (schema[name] as Json[]).filter(isSchema).find((one) => one.type !== 'null')
      if (found) return found
    }
  return null
}

function isSchema(value: Json | undefined): value is JsonSchema {
  return value != null && typeof value === 'object' && !Array.isArray(value)
}
