import { ApiRouteConfig, Handlers } from 'motia'
import { z } from 'zod'

const item = z.object({
  sku: z.string().min(1),
  title: z.string(),
  quantity: z.number().int().positive(),
  price: z.number().positive(),
})

export const config: ApiRouteConfig = {
  type: 'api',
  name: 'CreateOrder',
  description: 'Takes an order and passes it on to be paid',
  method: 'POST',
  path: '/orders',
  bodySchema: z.object({
    customer: z.string().min(1),
    city: z.string().default('unknown'),
    currency: z.enum(['EUR', 'USD', 'GBP']).default('EUR'),
    items: z.array(item).min(1),
  }),
  responseSchema: { 201: z.object({ id: z.string(), total: z.number() }) },
  emits: ['order.created'],
  flows: ['orders'],
}

export const handler: Handlers['CreateOrder'] = async (req, { logger, emit, state, traceId }) => {
  const { customer, city, currency, items } = req.body
  const total = Number(items.reduce((sum, { quantity, price }) => sum + quantity * price, 0).toFixed(2))
  const order = { id: crypto.randomUUID(), customer, city, currency, items, total, status: 'new', createdAt: new Date() }

  await state.set('orders', order.id, order)
  await emit({ topic: 'order.created', data: { id: order.id, amount: total, currency, traceId } })

  logger.info('Order taken', { orderId: order.id, customer, total })
  return { status: 201, body: { id: order.id, total, status: order.status } }
}
