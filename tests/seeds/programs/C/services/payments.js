// Supplied: the document uses processPayment and never defines it.
export async function processPayment(order) {
  if (order.quantity > 100) throw new Error('declined')
  return { id: `pay-${order.id}`, amount: order.quantity }
}
