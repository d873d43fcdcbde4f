/** What the server knows of a run beyond its trace: its step, and its delivery while it waits or is dead. */
import { useMemo } from 'react'
import { type Delivery, get, type Page, type Run, type Step, useGet } from '../../data'

/** The step as it is served now; null where there is none of this name any more. */
export function useStep(name: string): { step: Step | null; isLoading: boolean } {
  const { data, isPending } = useGet<Page<Step>>('api/steps', { q: name, limit: 1000 })
  const step = useMemo(() => data?.items.find((one) => one.name === name) ?? null, [data, name])
  return { step, isLoading: isPending }
}

/** The delivery of a run that failed, if it still waits for its next try or is dead: what is done is not kept. Asked as a
 *  list, in which nothing to be found is no error. */
export function useLeftDelivery(run: Run | undefined): Delivery | null {
  const id = run?.delivery
  const asks = run !== undefined && run.status === 'failed' && id !== undefined
  const page = { step: run?.name, cursor: String(Math.max(0, (id ?? 1) - 1)), limit: 1 }
  const dead = useGet<Page<Delivery>>('api/deliveries', { ...page, state: 'dead' }, { enabled: asks })
  const alive = useGet<Page<Delivery>>('api/deliveries', page, { enabled: asks })
  if (!asks) return null
  return [dead, alive].map(({ data }) => data?.items[0]).find((one) => one?.id === id) ?? null
}

/** The whole of it, also where its data is large. */
export function wholeDelivery(id: number): Promise<Delivery> {
  return get<Delivery>(`api/deliveries/${id}`)
}
