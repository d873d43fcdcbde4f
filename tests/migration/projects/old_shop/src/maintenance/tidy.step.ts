import { CronConfig, Handlers } from 'motia'

export const config: CronConfig = { type: 'cron', name: 'Tidy', cron: '0 3 * * *', emits: ['shop.tidied'], flows: ['shop'] }

export const handler: Handlers['Tidy'] = async ({ state, emit, logger }) => {
  const orders = await state.getGroup('orders')
  logger.info('Tidied', { orders: orders.length })
  await emit({ topic: 'shop.tidied', data: { orders: orders.length } })
}
