/** What the editor of a replay begins with: the data of the delivery while that is still there, what the trace keeps of the
 *  emit, else an example made from the schema. */
import { useEffect, useMemo, useState } from 'react'
import type { Json, JsonSchema, Run } from '../../data'
import { example } from './example'
import { useLeftDelivery, useStep, wholeDelivery } from './related'

export function useInputs(run: Run | undefined): { text: string; hint: string } {
  const left = useLeftDelivery(run)
  const { step } = useStep(run?.name ?? '')
  const [data, setData] = useState<Json | undefined>(undefined)
  useEffect(() => {
    setData(undefined)
    if (!left) return
    if (left.data !== null) return setData(left.data)
    let isOver = false
    wholeDelivery(left.id)
      .then((whole) => !isOver && setData(whole.data))
      .catch(() => undefined)
    return () => {
      isOver = true
    }
  }, [left])
  return useMemo(() => {
    if (data !== undefined)
      return { text: pretty(data), hint: 'The data of its delivery, which is still there.' }
    if (run?.kind === 'api') return { text: pretty(request(run, step?.bodySchema)), hint: API_HINT }
    if (step?.inputSchema) return { text: pretty(example(step.inputSchema)), hint: SCHEMA_HINT }
    return {
      text: '{}',
      hint: 'The recorded input is kept for the replay alone and cannot be shown: write what this step is to be given.',
    }
  }, [data, run, step])
}

const SCHEMA_HINT =
  'The recorded input is kept for the replay alone and cannot be shown: this is an example made from the schema of the step.'
const API_HINT =
  'The recorded request is kept for the replay alone and cannot be shown: this is an example made from the schema of the body.'

function request(run: Run, schema: JsonSchema | undefined): Json {
  const names = [...(run.route ?? '').matchAll(/:(\w+)/g)].map((found) => found[1] ?? '')
  const asked: { [key: string]: Json } = {}
  if (names.length) asked.params = Object.fromEntries(names.map((name) => [name, name]))
  asked.query = {}
  asked.headers = {}
  if (run.method !== 'GET' && run.method !== 'HEAD') asked.body = schema ? example(schema) : {}
  return asked
}

function pretty(value: Json): string {
  return JSON.stringify(value, null, 2)
}
