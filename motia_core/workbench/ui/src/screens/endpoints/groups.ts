/** The list of endpoints as rows: those that are looked for, by flow, each flow a row that folds. Pure. */
import type { Endpoint } from '../../data'

export const NO_FLOW = 'no flow'

export type Line =
  | { kind: 'flow'; key: string; flow: string; count: number; isOpen: boolean }
  /** `isAgain`: it stands in a flow above, too. */
  | { kind: 'endpoint'; key: string; flow: string; endpoint: Endpoint; isAgain: boolean }

/** All words must be found in the method, the path, the step or the description. */
export function matching(all: readonly Endpoint[], text: string): Endpoint[] {
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean)
  if (wanted.length === 0) return [...all]
  return all.filter((one) => {
    const said = `${one.method} ${one.path} ${one.step} ${one.description ?? ''}`.toLowerCase()
    return wanted.every((word) => said.includes(word))
  })
}

/** `opens`: everything is unfolded, as while one searches. */
export function lines(found: readonly Endpoint[], folded: readonly string[], opens: boolean): Line[] {
  const flows = new Map<string, Endpoint[]>()
  for (const endpoint of found) {
    for (const flow of endpoint.flows.length ? new Set(endpoint.flows) : ['']) {
      const known = flows.get(flow)
      if (known) known.push(endpoint)
      else flows.set(flow, [endpoint])
    }
  }
  const names = [...flows.keys()].sort((a, b) => (a === '' ? 1 : b === '' ? -1 : a.localeCompare(b)))
  const seen = new Set<string>()
  return names.flatMap((name): Line[] => {
    const members = (flows.get(name) ?? []).sort(byPath)
    const flow = name || NO_FLOW
    const isOpen = opens || !folded.includes(name)
    const head: Line = { kind: 'flow', key: `flow ${name}`, flow, count: members.length, isOpen }
    if (!isOpen) return [head]
    return [
      head,
      ...members.map((endpoint): Line => {
        const isAgain = seen.has(endpoint.id)
        seen.add(endpoint.id)
        return { kind: 'endpoint', key: `${flow} ${endpoint.id}`, flow, endpoint, isAgain }
      }),
    ]
  })
}

const ORDER = ['ANY', 'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

function byPath(a: Endpoint, b: Endpoint): number {
  return compare(a.path, b.path) || ORDER.indexOf(a.method) - ORDER.indexOf(b.method)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** By its id, else by its step, else by `POST /orders`. */
export function named(all: readonly Endpoint[], text: string): Endpoint | undefined {
  if (!text) return undefined
  return (
    all.find((one) => one.id === text) ??
    all.find((one) => one.step === text) ??
    all.find((one) => `${one.method} ${one.path}` === text)
  )
}
