// A plain CommonJS step: no build, no types, one file.
exports.config = {
  type: 'event',
  name: 'ProcessPayment',
  description: 'Charges the customer, once per order however often it is tried',
  subscribes: ['order.created'],
  emits: ['payment.processed'],
  input: { id: 'string', amount: 'number', currency: 'string' },
  flows: ['orders'],
}

const FEE = { EUR: 0.014, USD: 0.029, GBP: 0.015 }
const USUAL_LIMIT = 1000

exports.handler = async (order, { logger, emit, state, once }) => {
  if (order.amount > USUAL_LIMIT) await askTheBank(order, state)
  const payment = await once('charge', async () => ({
    id: `pay_${order.id.slice(0, 8)}`,
    orderId: order.id,
    amount: order.amount,
    fee: Number((order.amount * (FEE[order.currency] ?? 0.03)).toFixed(2)),
    paidAt: new Date(),
  }))

  await state.set('payments', order.id, payment)
  await state.update('orders', order.id, [{ op: 'set', path: 'status', value: 'paid' }])
  await emit({ topic: 'payment.processed', data: { orderId: order.id, paymentId: payment.id } })
  logger.info('Payment processed', { orderId: order.id, amount: payment.amount, fee: payment.fee })
}

// Whoever raises the limit in the state can have declined payments tried again.
async function askTheBank({ amount, currency }, state) {
  await state.setIfAbsent('bank', 'limit', USUAL_LIMIT)
  const limit = await state.get('bank', 'limit')
  if (amount > limit) throw new Error(`${amount} ${currency} is above the limit of ${limit} (state bank/limit)`)
}
