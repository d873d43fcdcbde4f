import type { EventConfig, Handlers } from '@motia/core'

export const config: EventConfig = { type: 'event', name: 'FollowOrder', subscribes: ['payment.processed'], emits: [] }

export const handler: Handlers['FollowOrder'] = async ({ orderId }, { streams, state }) => {
  await streams['live-orders'].set('orders', orderId, { status: 'paid' })
  await state.set('followed', orderId, await streams['live-orders'].get('orders', orderId))
}
