/** What can be done to deliveries: retry, redrive, discard, export; chosen ones, or all of a stage. Says how it went. */
import { useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import { to, useGo } from '../../app/address'
import { ApiError, type Delivery, type DeliveryState, get, type Page, post, refresh } from '../../data'
import { confirm, format, toast } from '../../design'

/** Deliveries of one stage, all of them, or those that a search finds. */
export interface All {
  step: string
  state: DeliveryState
  q: string
  count: number
}

export type Chosen = readonly Delivery[] | All

const BITE = 1000
const ASKED_ABOUT = ['api/deliveries', 'api/queues']

export interface Work {
  retry: (chosen: Chosen) => Promise<void>
  redrive: (chosen: Chosen) => Promise<void>
  /** Asks first. Whether it was done. */
  discard: (chosen: Chosen) => Promise<boolean>
  exportDead: (step: string) => Promise<void>
}

export function useWork(): Work {
  const queries = useQueryClient()
  const go = useGo()
  return useMemo(() => {
    const done = () => refresh(queries, ASKED_ABOUT)
    const told = async (work: () => Promise<void>) => {
      try {
        await work()
      } catch (error) {
        if (!(error instanceof ApiError)) throw error
        if (error.status !== 401) toast.fail(error.message, error.hint)
      }
      done()
    }
    const again = (count: number, chosen: Chosen, verb: string) => {
      if (count === 0) return toast.info('There was nothing left to do: they have moved on meanwhile')
      const one = Array.isArray(chosen) && chosen.length === 1 ? (chosen[0] as Delivery) : null
      const step = 'step' in chosen ? chosen.step : (chosen[0]?.step ?? '')
      toast.ok(`${format.plural(count, 'delivery', 'deliveries')} ${verb}`, {
        label: one ? 'Open its trace' : 'See the traces',
        onClick: () => go(one ? to.trace(one.traceId) : to.traces({ step })),
      })
    }
    return {
      retry: (chosen) =>
        told(async () => {
          again(await inBites('api/deliveries/retry', 'retried', await idsOf(chosen)), chosen, 'due now')
        }),
      redrive: (chosen) =>
        told(async () => {
          const count = isWhole(chosen)
            ? (await post<{ redriven: number }>('api/dead/redrive', { step: chosen.step })).redriven
            : await inBites('api/deliveries/retry', 'retried', await idsOf(chosen))
          again(count, chosen, 'redriven')
        }),
      discard: async (chosen) => {
        const what = format.plural('count' in chosen ? chosen.count : chosen.length, 'delivery', 'deliveries')
        const isSearch = 'count' in chosen && chosen.q !== ''
        const isSure = await confirm({
          title: isSearch ? `Discard all that “${chosen.q}” finds?` : `Discard ${what}?`,
          text: 'They are thrown away with their data and never run. This cannot be undone.',
          action: isSearch ? 'Discard them' : `Discard ${what}`,
          danger: true,
        })
        if (!isSure) return false
        await told(async () => {
          const dead = isWhole(chosen) && chosen.state === 'dead'
          const count = dead
            ? (await post<{ discarded: number }>('api/dead/discard', { step: chosen.step })).discarded
            : await inBites('api/deliveries/discard', 'discarded', await idsOf(chosen))
          toast.ok(`${format.plural(count, 'delivery', 'deliveries')} discarded`)
        })
        return true
      },
      exportDead: (step) => told(() => exportDead(step)),
    }
  }, [queries, go])
}

function isWhole(chosen: Chosen): chosen is All {
  return 'count' in chosen && chosen.q === '' && chosen.state === 'dead'
}

async function idsOf(chosen: Chosen): Promise<number[]> {
  if (!('count' in chosen)) return chosen.map((one) => one.id)
  const { step, state, q } = chosen
  const ids: number[] = []
  let cursor: string | null = null
  do {
    const page: Page<Delivery> = await get('api/deliveries', { step, state, q, cursor, limit: BITE })
    for (const one of page.items) ids.push(one.id)
    cursor = page.next
  } while (cursor !== null)
  return ids
}

async function inBites(path: string, counted: string, ids: number[]): Promise<number> {
  let count = 0
  for (let at = 0; at < ids.length; at += BITE) {
    const answer = await post<Record<string, number>>(path, { ids: ids.slice(at, at + BITE) })
    count += answer[counted] ?? 0
  }
  return count
}

/** Hands all dead letters of a step to the browser as a file. */
async function exportDead(step: string): Promise<void> {
  const letters: { id: number }[] = []
  let after = 0
  for (;;) {
    const bite = await get<{ id: number }[]>('api/dead', { step, limit: BITE, after })
    letters.push(...bite)
    const last = bite.at(-1)
    if (bite.length < BITE || last === undefined) break
    after = last.id
  }
  const url = URL.createObjectURL(new Blob([JSON.stringify(letters, null, 2)], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = url
  link.download = `${step}.dead.json`
  link.click()
  URL.revokeObjectURL(url)
  toast.ok(`${format.plural(letters.length, 'dead letter')} exported`)
}
