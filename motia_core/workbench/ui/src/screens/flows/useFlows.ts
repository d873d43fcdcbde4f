/** The flows of the project, all steps as one graph, and which of them the address means. */
import { useEffect, useMemo } from 'react'
import { useParam, useSegment } from '../../app/address'
import { type ApiError, type Flow, type FlowConfig, useGet, useGroup } from '../../data'
import { useKept } from '../../design'
import { heardBy, loose } from './graph'

/** Addresses of what is no flow: all steps, steps of no flow. */
export const ALL = '*'
export const LOOSE = '~'

export interface Shown {
  /** The address: a flow's name, ALL or LOOSE. */
  view: string
  /** Under which it is saved; null = not in the project's file. */
  saved: string | null
  flow: Flow | null
  flows: readonly Flow[]
  configs: readonly FlowConfig[]
  /** Topics that somebody hears, in any flow; undefined until it is known. */
  heard: Set<string> | undefined
  whole: Flow | null
  looseCount: number
  isLoading: boolean
  error: ApiError | { message: string } | null
  reload: () => void
}

export function useFlows(): Shown {
  const [step] = useParam('step')
  const [last, setLast] = useKept('flow', '')
  const live = useGroup<Flow>('__motia.flows')
  const configs = useGroup<FlowConfig>('__motia.flowsConfig')
  const graph = useGet<Flow>('api/graph', {}, { every: 15_000 })
  const { refetch } = graph
  // Steps without a flow are told by no stream: whatever changes is a reason to look.
  useEffect(() => {
    if (live.items) void refetch()
  }, [live.items, refetch])

  const whole = graph.data ?? null
  const asked = useSegment() ?? ''
  const wanted = asked || chosen(live.items, whole, step, last)
  useEffect(() => {
    if (asked) setLast(asked)
  }, [asked, setLast])
  const rest = useMemo(() => (whole ? loose(whole) : null), [whole])
  const heard = useMemo(() => (whole ? heardBy(whole.steps) : undefined), [whole])
  const flow =
    wanted === ALL ? whole : wanted === LOOSE ? rest : (live.items.find((one) => one.id === wanted) ?? null)
  return {
    view: wanted,
    saved: wanted === ALL || wanted === LOOSE ? null : wanted,
    flow,
    flows: live.items,
    configs: configs.items,
    heard,
    whole,
    looseCount: rest?.steps.length ?? 0,
    isLoading: live.isLoading || graph.isPending || configs.isLoading,
    error: graph.error ?? live.error,
    reload: () => void refetch(),
  }
}

/** Nothing is named: where the step is, where one was last, the first flow, all there is. */
function chosen(flows: readonly Flow[], whole: Flow | null, step: string, last: string): string {
  if (step) {
    const found = whole?.steps.find((one) => one.id === step || one.name === step)
    return found?.flows[0] ?? ALL
  }
  if (last === ALL || last === LOOSE || flows.some((one) => one.id === last)) return last
  return flows[0]?.id ?? ALL
}
