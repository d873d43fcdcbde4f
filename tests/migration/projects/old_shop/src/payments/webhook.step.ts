import { createHmac } from 'node:crypto'
import { ApiRouteConfig, Handlers } from 'motia'

export const config: ApiRouteConfig = {
  type: 'api',
  name: 'PaymentWebhook',
  method: 'POST',
  path: '/webhook/payment',
  virtualSubscribes: ['/webhook/payment'],
  emits: ['payment.received'],
  flows: ['shop'],
}

export const handler: Handlers['PaymentWebhook'] = async (req, { emit }) => {
  const wanted = createHmac('sha256', process.env.WEBHOOK_SECRET ?? '').update(req.rawBody).digest('hex')
  if (req.headers['x-signature'] !== wanted) return { status: 403, body: { error: 'Wrong signature' } }
  await emit({ topic: 'payment.received', data: req.body })
  return { status: 200, headers: { 'X-Shop': process.env.SHOP_NAME ?? '' }, body: 'thanks' }
}
