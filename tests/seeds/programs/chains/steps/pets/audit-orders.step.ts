import type { CronConfig, Handlers } from '@motia/core'
import type { FoodOrder } from '../../services/pet-store'

export const config: CronConfig = {
  type: 'cron',
  name: 'AuditOrders',
  cron: '0 4 * * *',
  emits: ['order.overdue'],
  flows: ['pet-store'],
}

export const handler: Handlers['AuditOrders'] = async ({ emit, state }) => {
  const orders = await state.getGroup<FoodOrder>('orders')
  for (const order of orders) {
    if (order.status !== 'placed' || order.shipBy > new Date().toISOString()) continue
    await state.set('orders', order.id, { ...order, status: 'overdue' })
    await emit({ topic: 'order.overdue', data: { petId: order.petId, orderId: order.id, text: 'your order is late' } })
  }
}
