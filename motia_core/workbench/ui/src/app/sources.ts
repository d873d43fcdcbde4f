/** Where the source of a step is shown: in its flow, by its id. */
import { type Flow, useGet } from '../data'
import { to } from './address'

/** null while it is not known, and for steps that are no more. */
export function useSourceOf(step: string): { href: string; filePath: string } | null {
  const found = useGet<Flow>('api/graph').data?.steps.find((one) => one.name === step)
  return found ? { href: to.flow(found.flows[0], { step: found.id }), filePath: found.filePath } : null
}
