import { CronConfig, Handlers } from 'motia'

let runs = 0

export const config: CronConfig = { type: 'cron', name: 'Tidy', cron: '0 3 * * *', emits: ['shop.tidied'], flows: ['shop'] }

export const handler: Handlers['Tidy'] = async ({ state, emit, logger }) => {
  runs += 1
  process.env.LAST_TIDY = 'now'
  const orders = await state.getGroup('orders')
  logger.info('Tidied', { orders: orders.length, runs })
  await emit({ topic: 'shop.tidied', data: { orders: orders.length } })
}
