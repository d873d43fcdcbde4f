import type { ApiRouteConfig, Handlers } from 'motia'
import { z } from 'zod'
import { customer, errors, ShopError } from '../../middlewares'
import { find } from '../services/catalog'

const bodySchema = z.object({
  items: z.array(z.object({ sku: z.string(), quantity: z.number().int().min(1) })).min(1),
  note: z.string().optional(),
})

export const config: ApiRouteConfig = {
  type: 'api',
  name: 'CreateOrder',
  description: 'Takes an order',
  method: 'POST',
  path: '/orders',
  bodySchema,
  responseSchema: { 201: z.object({ id: z.string(), total: z.number() }), 422: z.object({ error: z.string() }) },
  emits: [{ topic: 'order.created', label: 'Order created' }, { topic: 'order.big', label: 'Over 100', conditional: true }],
  middleware: [errors, customer],
  virtualSubscribes: ['shop.opened'],
  flows: ['shop'],
}

export const handler: Handlers['CreateOrder'] = async (req, ctx) => {
  const { emit, logger, state, traceId } = ctx
  // The old system never refused a body: every handler answered for itself.
  const parsed = bodySchema.safeParse(req.body)
  if (!parsed.success) return { status: 422, body: { error: 'These are no items', count: parsed.error.issues.length } }

  const lines = parsed.data.items.map(({ sku, quantity }) => {
    const product = find(sku)
    if (!product) throw new ShopError(`We do not sell ${sku}`, 409)
    return { sku, quantity, price: product.price }
  })
  const total = lines.reduce((sum, { price, quantity }) => sum + price * quantity, 0)
  const order = { id: crypto.randomUUID(), lines, total, customer: (ctx as { customer?: string }).customer, trace: traceId }

  await state.set('orders', order.id, order)
  await emit({ topic: 'order.created', data: { id: order.id, total } })
  if (total > 100) await emit({ topic: 'order.big', data: { id: order.id } })
  logger.info('Order taken', { id: order.id, total })
  return { status: 201, body: { id: order.id, total } }
}
