/** A schema to be read: names, types, what is required, choices, defaults, rules. What is nested deeper is folded. */
import { ChevronRight } from 'lucide-react'
import { useState } from 'react'
import type { Json, JsonSchema } from '../../data'
import { choices, folded, members, type Node, names, resolve, typesOf, words } from '../../data/schema'
import { CopyButton, classes } from '../../design'
import css from './spec.module.css'

const OPEN = 3
const DEEPEST = 20

export function SchemaTree({ schema, label }: { schema: JsonSchema; label: string }) {
  return (
    <div className={css.schema}>
      <div className={css.schemaCopy}>
        <CopyButton text={() => JSON.stringify(schema, null, 2)} label="Copy the schema" />
      </div>
      <ul className={css.tree} aria-label={label}>
        <Branch name="" node={schema} root={schema} required={false} depth={0} />
      </ul>
    </div>
  )
}

interface BranchProps {
  name: string
  node: Node
  root: JsonSchema
  required: boolean
  depth: number
}

function Branch({ name, node, root, required, depth }: BranchProps) {
  const [isOpen, setOpen] = useState(depth < OPEN)
  const whole = folded(resolve(node, root), root)
  const inner = depth < DEEPEST ? innerOf(whole, root) : []
  const rules = rulesOf(whole)
  return (
    <li>
      <div className={css.line} style={{ paddingLeft: `${depth * 1.1}rem` }}>
        {inner.length ? (
          <button
            type="button"
            className={css.fold}
            aria-expanded={isOpen}
            aria-label={`${isOpen ? 'Fold' : 'Unfold'} ${name || 'the schema'}`}
            onClick={() => setOpen(!isOpen)}
          >
            <ChevronRight size={12} aria-hidden className={classes(isOpen && css.turned)} />
          </button>
        ) : (
          <span className={css.fold} />
        )}
        <div className={css.lineWords}>
          {name ? <code className={css.name}>{name}</code> : null}
          <span className={css.type}>{words(whole, root)}</span>
          {required ? <span className={css.required}>required</span> : null}
          {rules ? <span className={css.quiet}>{rules}</span> : null}
          {whole.default !== undefined ? (
            <span className={css.quiet}>
              default <code>{JSON.stringify(whole.default)}</code>
            </span>
          ) : null}
          {typeof whole.description === 'string' ? (
            <div className={css.about}>{whole.description}</div>
          ) : null}
        </div>
      </div>
      {inner.length && isOpen ? (
        <ul>
          {inner.map((one) => (
            <Branch key={one.name} {...one} root={root} depth={depth + 1} />
          ))}
        </ul>
      ) : null}
    </li>
  )
}

/** What stands below: members, the element of a list, the shapes to choose from. */
function innerOf(node: JsonSchema, root: JsonSchema): { name: string; node: Node; required: boolean }[] {
  const required = names(node.required)
  const found: { name: string; node: Node; required: boolean }[] = Object.entries(
    members(node.properties),
  ).map(([name, one]) => ({ name, node: one, required: required.includes(name) }))
  const element = node.items
  if (element !== undefined && !isPlain(element, root))
    found.push({ name: 'each element', node: element, required: false })
  const shapes = choices(node) ?? []
  if (shapes.some((one) => !isPlain(one, root)))
    for (const [at, one] of shapes.entries())
      found.push({ name: `choice ${at + 1}`, node: one, required: false })
  if (node.additionalProperties && !isPlain(node.additionalProperties, root))
    found.push({ name: 'any other name', node: node.additionalProperties, required: false })
  return found
}

/** All there is to say of it stands in the words of its type. */
function isPlain(schema: Json, root: JsonSchema): boolean {
  const node = folded(resolve(schema, root), root)
  const types = typesOf(node)
  return !types.includes('object') && !types.includes('array') && !choices(node) && !rulesOf(node)
}

function rulesOf(node: JsonSchema): string {
  const found: string[] = []
  const number = (name: string) => (typeof node[name] === 'number' ? (node[name] as number) : null)
  const least = number('minLength')
  const most = number('maxLength')
  if (least !== null || most !== null) found.push(`${between(least, most, 'character')}`)
  const few = number('minItems')
  const many = number('maxItems')
  if (few !== null || many !== null) found.push(`${between(few, many, 'element')}`)
  const over = number('exclusiveMinimum')
  const under = number('exclusiveMaximum')
  const low = number('minimum')
  const high = number('maximum')
  if (over !== null) found.push(`> ${over}`)
  else if (low !== null && low > -Number.MAX_SAFE_INTEGER) found.push(`≥ ${low}`)
  if (under !== null) found.push(`< ${under}`)
  else if (high !== null && high < Number.MAX_SAFE_INTEGER) found.push(`≤ ${high}`)
  if (typeof node.multipleOf === 'number') found.push(`in steps of ${node.multipleOf}`)
  if (typeof node.pattern === 'string' && !node.format) found.push(`matches ${node.pattern}`)
  if (node.uniqueItems === true) found.push('no element twice')
  if (node.additionalProperties === false) found.push('no other names')
  return found.join(', ')
}

function between(least: number | null, most: number | null, what: string): string {
  const [words, last] =
    least === most
      ? [`exactly ${least}`, least]
      : most === null
        ? [`at least ${least}`, least]
        : least === null
          ? [`at most ${most}`, most]
          : [`${least} to ${most}`, most]
  return `${words} ${what}${last === 1 ? '' : 's'}`
}
