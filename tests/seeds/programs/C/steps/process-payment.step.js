// steps/process-payment.step.js
exports.config = {
  type: 'event',
  name: 'ProcessPayment',
  subscribes: ['order.created'],
  emits: ['payment.processed', 'payment.failed'],
  input: {
    id: 'string',
    amount: 'number',
    currency: 'string',
  },
}

exports.handler = async (order, { logger, emit, state }) => {
  try {
    logger.info('Processing payment', { orderId: order.id })

    // Simulate payment processing
    const paymentResult = await processPayment(order)

    await state.set('payments', order.id, paymentResult)
    await emit({
      topic: 'payment.processed',
      data: { orderId: order.id, paymentId: paymentResult.id },
    })
  } catch (error) {
    logger.error('Payment failed', { orderId: order.id, error: error.message })
    await emit({ topic: 'payment.failed', data: { orderId: order.id, error: error.message } })
  }
}

// Supplied below the printed lines.
const { processPayment } = require('../services/payments')
