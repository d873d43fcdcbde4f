// An ES module, as package.json says.
import { z } from 'zod'

export const config = {
  type: 'event',
  name: 'TrackOrder',
  subscribes: ['order.created'],
  emits: ['order.tracked'],
  input: z.object({ id: z.string(), total: z.number() }),
  infrastructure: { handler: { timeout: 30 }, queue: { type: 'standard', maxRetries: 2 } },
  flows: ['shop'],
}

export const handler = async (input, { emit, streams }) => {
  await streams.orders.set('all', input.id, { id: input.id, status: 'tracked' })
  await emit({ topic: 'order.tracked', data: { id: input.id, total: input.total } })
}
