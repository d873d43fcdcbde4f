/** What in a value does not fit its schema, said in words and with the place. It knows the rules that people break; what it
 *  does not know it leaves to the server. Pure. */
import type { Json, JsonSchema } from '../../data'
import {
  choices,
  folded,
  isObject,
  members,
  type Node,
  names,
  resolve,
  typesOf,
  words,
} from '../../data/schema.ts'

export interface Fault {
  /** `items[0].price`; empty: the whole value. */
  path: string
  text: string
}

const MOST = 50
const DEEPEST = 40

export function check(value: Json, schema: JsonSchema): Fault[] {
  const found: Fault[] = []
  look(value, schema, { root: schema, path: '', depth: 0 }, found)
  return found.slice(0, MOST)
}

interface Place {
  root: JsonSchema
  path: string
  depth: number
}

function look(value: Json, schema: Node, place: Place, found: Fault[]): void {
  if (place.depth > DEEPEST || found.length > MOST) return
  if (schema === false) {
    say(found, place, 'must not be there')
    return
  }
  const node = folded(resolve(schema, place.root), place.root)
  const shapes = choices(node)
  if (shapes) oneOf(value, shapes, place, found)
  if (Array.isArray(node.enum) && !node.enum.some((one) => same(one, value))) {
    say(found, place, `must be ${words({ enum: node.enum }, place.root)}, not ${brief(value)}`)
    return
  }
  if (node.const !== undefined && !same(node.const, value)) {
    say(found, place, `must be ${JSON.stringify(node.const)}, not ${brief(value)}`)
    return
  }
  const types = typesOf(node)
  const kind = typeOf(value)
  const fits = types.some((type) => type === kind || (type === 'number' && kind === 'integer'))
  if (types.length > 0 && !fits) {
    say(found, place, `must be ${withArticle(words(node, place.root))}, not ${nameOf(value)}`)
    return
  }
  if (isObject(value)) inObject(value, node, place, found)
  else if (Array.isArray(value)) inList(value, node, place, found)
  else if (typeof value === 'string') inText(value, node, place, found)
  else if (typeof value === 'number') inNumber(value, node, place, found)
}

function oneOf(value: Json, shapes: Json[], place: Place, found: Fault[]): void {
  const tries = shapes.map((shape) => {
    const faults: Fault[] = []
    look(value, shape, { ...place, depth: place.depth + 1 }, faults)
    return faults
  })
  if (tries.some((faults) => faults.length === 0)) return
  // The shape it came closest to is the one that was meant.
  const near = tries.filter((faults) =>
    faults.every((one) => one.path !== place.path || one.text.endsWith('is missing')),
  )
  const best = (near.length ? near : []).sort((a, b) => a.length - b.length)[0]
  if (best) found.push(...best)
  else say(found, place, `must be ${withArticle(words({ anyOf: shapes }, place.root))}, not ${nameOf(value)}`)
}

function inObject(value: Record<string, Json>, node: JsonSchema, place: Place, found: Fault[]): void {
  const known = members(node.properties)
  for (const name of names(node.required)) {
    const schema = known[name]
    if (Object.hasOwn(value, name) || resolve(schema, place.root).default !== undefined) continue
    const what = schema === undefined ? '' : ` (${words(schema, place.root)})`
    found.push({ path: join(place.path, name), text: `is missing${what}` })
  }
  for (const [name, inner] of Object.entries(value)) {
    const path = join(place.path, name)
    if (Object.hasOwn(known, name))
      look(inner, known[name], { ...place, path, depth: place.depth + 1 }, found)
    else if (Object.keys(members(node.patternProperties)).length > 0) continue
    else if (node.additionalProperties === false)
      found.push({ path, text: unknown(name, Object.keys(known)) })
    else if (isObject(node.additionalProperties))
      look(inner, node.additionalProperties, { ...place, path, depth: place.depth + 1 }, found)
  }
}

function inList(value: Json[], node: JsonSchema, place: Place, found: Fault[]): void {
  const first = Array.isArray(node.prefixItems) ? node.prefixItems : []
  if (typeof node.minItems === 'number' && value.length < node.minItems)
    say(found, place, `needs at least ${counted(node.minItems, 'element')}, has ${value.length}`)
  if (typeof node.maxItems === 'number' && value.length > node.maxItems)
    say(found, place, `may have at most ${counted(node.maxItems, 'element')}, has ${value.length}`)
  if (node.uniqueItems === true && new Set(value.map((one) => JSON.stringify(one))).size < value.length)
    say(found, place, 'has the same element twice')
  value.forEach((one, at) => {
    const schema = first[at] ?? node.items
    look(one, schema, { ...place, path: `${place.path}[${at}]`, depth: place.depth + 1 }, found)
  })
}

function inText(value: string, node: JsonSchema, place: Place, found: Fault[]): void {
  const length = [...value].length
  if (typeof node.minLength === 'number' && length < node.minLength)
    say(
      found,
      place,
      length === 0 ? 'must not be empty' : `needs at least ${counted(node.minLength, 'character')}`,
    )
  if (typeof node.maxLength === 'number' && length > node.maxLength)
    say(found, place, `may have at most ${counted(node.maxLength, 'character')}, has ${length}`)
  if (typeof node.pattern !== 'string') return
  try {
    if (!new RegExp(node.pattern, 'u').test(value))
      say(
        found,
        place,
        typeof node.format === 'string'
          ? `does not look like ${withArticle(node.format)}`
          : `does not match ${node.pattern}`,
      )
  } catch {
    // An expression that only the server understands.
  }
}

function inNumber(value: number, node: JsonSchema, place: Place, found: Fault[]): void {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = node
  if (typeof minimum === 'number' && value < minimum) say(found, place, `must be at least ${minimum}`)
  if (typeof maximum === 'number' && value > maximum) say(found, place, `must be at most ${maximum}`)
  if (typeof exclusiveMinimum === 'number' && value <= exclusiveMinimum)
    say(found, place, `must be greater than ${exclusiveMinimum}`)
  if (typeof exclusiveMaximum === 'number' && value >= exclusiveMaximum)
    say(found, place, `must be less than ${exclusiveMaximum}`)
  if (typeof multipleOf === 'number' && multipleOf > 0) {
    const times = value / multipleOf
    if (Math.abs(times - Math.round(times)) > 1e-9) say(found, place, `must be a multiple of ${multipleOf}`)
  }
}

function say(found: Fault[], place: Place, text: string): void {
  found.push({ path: place.path, text })
}

function unknown(name: string, known: string[]): string {
  const near = known.find((one) => one.toLowerCase() === name.toLowerCase())
  return near
    ? `is not known: did you mean ${near}?`
    : `is not known${known.length ? `: there are ${known.slice(0, 12).join(', ')}` : ''}`
}

function typeOf(value: Json): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}

function nameOf(value: Json): string {
  const type = typeOf(value)
  return type === 'null' ? 'null' : withArticle(type === 'integer' ? 'number' : type)
}

function brief(value: Json): string {
  const text = JSON.stringify(value)
  return text.length > 60 ? nameOf(value) : text
}

function withArticle(text: string): string {
  if (/^["\d\-[{]|^(null|anything|true|false|nothing)\b/.test(text)) return text
  return `${/^[aeio]/i.test(text) ? 'an' : 'a'} ${text}`
}

function counted(number: number, one: string): string {
  return `${number} ${one}${number === 1 ? '' : 's'}`
}

function join(path: string, name: string): string {
  if (!/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name)) return `${path}[${JSON.stringify(name)}]`
  return path ? `${path}.${name}` : name
}

function same(a: Json, b: Json): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}
