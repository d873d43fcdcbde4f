/** State values as the screen speaks of them: type, one-line preview, what names one, spans of time. Pure. */

import type { StateEntry, StateFilter } from '../../data/types.more.ts'
import type { Json } from '../../data/types.ts'
import { Exact } from '../../design/exact.ts'

export type Kind = StateEntry['type']

export function kindOf(value: Json): Kind {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (value instanceof Exact) return 'number'
  return typeof value as Kind
}

const PREVIEW = 160

/** The beginning of a value in one line; never walks through all of a large one. */
export function preview(value: Json, left = PREVIEW): string {
  if (typeof value === 'string')
    return JSON.stringify(value.length > left ? `${value.slice(0, Math.max(left, 0))}…` : value)
  if (value === null || typeof value !== 'object' || value instanceof Exact) return String(value)
  const isList = Array.isArray(value)
  const parts: string[] = []
  let room = left
  let isCut = false
  for (const key in value) {
    if (room <= 0) {
      isCut = true
      break
    }
    const one = (value as Record<string, Json>)[key] ?? null
    const part = isList ? preview(one, room) : `${key}: ${preview(one, room - key.length)}`
    parts.push(part)
    room -= part.length + 2
  }
  if (isCut) parts.push('…')
  return isList ? `[${parts.join(', ')}]` : parts.length > 0 ? `{ ${parts.join(', ')} }` : '{}'
}

/** What tells one entry from all others. */
export function idOf(entry: { groupId: string; key: string }): string {
  return JSON.stringify([entry.groupId, entry.key])
}

/** How a step reads it. */
export function callOf(group: string, key: string): string {
  return `state.get(${quoted(group)}, ${quoted(key)})`
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`
}

export const OPERATIONS: readonly { value: StateFilter['operation']; label: string }[] = [
  { value: 'eq', label: 'is' },
  { value: 'neq', label: 'is not' },
  { value: 'gt', label: 'is more than' },
  { value: 'gte', label: 'is at least' },
  { value: 'lt', label: 'is less than' },
  { value: 'lte', label: 'is at most' },
  { value: 'contains', label: 'contains' },
  { value: 'notContains', label: 'does not contain' },
  { value: 'startsWith', label: 'starts with' },
  { value: 'endsWith', label: 'ends with' },
  { value: 'isNotNull', label: 'is there' },
  { value: 'isNull', label: 'is not there' },
]

export function needsValue(operation: StateFilter['operation']): boolean {
  return operation !== 'isNull' && operation !== 'isNotNull'
}

/** `status is paid` */
export function filterSaid(filter: StateFilter): string {
  const label = OPERATIONS.find(({ value }) => value === filter.operation)?.label ?? filter.operation
  return needsValue(filter.operation)
    ? `${filter.valueKey} ${label} ${typeof filter.value === 'string' ? filter.value : JSON.stringify(filter.value ?? '')}`
    : `${filter.valueKey} ${label}`
}

/** From the address: whatever is no filter is left out. */
export function filtersIn(text: string): StateFilter[] {
  try {
    const found: unknown = JSON.parse(text || '[]')
    return Array.isArray(found) ? found.filter(isFilter) : []
  } catch {
    return []
  }
}

function isFilter(one: unknown): one is StateFilter {
  const { valueKey, operation } = (one ?? {}) as Partial<StateFilter>
  return typeof valueKey === 'string' && OPERATIONS.some(({ value }) => value === operation)
}

export const UNITS = [
  { value: '1', label: 'seconds' },
  { value: '60', label: 'minutes' },
  { value: '3600', label: 'hours' },
  { value: '86400', label: 'days' },
] as const

/** In seconds; undefined for what is no time. */
export function secondsOf(text: string, unit: string): number | undefined {
  const seconds = Number(text) * Number(unit)
  return text.trim() !== '' && Number.isFinite(seconds) && seconds > 0 ? seconds : undefined
}
