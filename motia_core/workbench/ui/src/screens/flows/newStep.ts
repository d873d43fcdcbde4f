/** What is asked for a new step, checked before it is sent; the server checks again. Pure. */
import type { StepKind } from '../../data'

export interface Wanted {
  name: string
  kind: StepKind
  language: string
  flow: string
  method: string
  path: string
  cron: string
  /** Topics, with commas between them. */
  subscribes: string
  emits: string
}

export function words(text: string): string[] {
  return text.split(/[\s,]+/).filter(Boolean)
}

/** Which field, and what of it in words; null when it can be written. */
export function wrong(
  wanted: Wanted,
): { field: 'name' | 'path' | 'subscribes' | 'cron'; text: string } | null {
  if (!/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(wanted.name))
    return { field: 'name', text: 'Letters, digits, - and _; begins with a letter' }
  if (wanted.kind === 'api' && !wanted.path.startsWith('/'))
    return { field: 'path', text: 'It begins with /' }
  if (wanted.kind === 'event' && words(wanted.subscribes).length === 0)
    return { field: 'subscribes', text: 'An event step needs a topic' }
  if (wanted.kind === 'cron' && !/^@|^\S+( \S+){4,5}$/.test(wanted.cron))
    return { field: 'cron', text: 'Five or six fields' }
  return null
}

/** As the server calls it: `CreateOrder` becomes `create-order.step.x` or `create_order_step.x`. */
export function fileName(pattern: string, name: string): string {
  const parts = name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+|[0-9]+/g) ?? []
  return pattern.replace('NAME', parts.join(pattern.startsWith('NAME_') ? '_' : '-').toLowerCase())
}
