// CommonJS, though package.json says ES modules.
const { find } = require('../services/catalog')

exports.config = {
  type: 'event',
  name: 'ShipOrder',
  subscribes: ['order.tracked'],
  emits: [],
  input: { id: 'string', total: 'number' },
  flows: ['shop'],
}

exports.handler = async ({ id, total }, { state, logger }) => {
  await state.set('parcels', id, { weighs: find('cup').price > 10 ? 'much' : 'little', worth: total })
  logger.info('Shipped', { id })
}
