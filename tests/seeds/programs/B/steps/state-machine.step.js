// state-machine.step.js
export default async function stateMachine(event) {
  const { orderId } = event.data;
  const currentState = await event.state.get(`order:${orderId}:state`) || 'pending';
  
  const transitions = {
    'pending': async () => {
      await processPayment(orderId);
      await event.state.set(`order:${orderId}:state`, 'paid');
      await event.emit('order-paid', { orderId });
    },
    'paid': async () => {
      await prepareShipment(orderId);
      await event.state.set(`order:${orderId}:state`, 'shipped');
      await event.emit('order-shipped', { orderId });
    },
    'shipped': async () => {
      await confirmDelivery(orderId);
      await event.state.set(`order:${orderId}:state`, 'delivered');
      await event.emit('order-delivered', { orderId });
    }
  };
  
  const transition = transitions[currentState];
  if (transition) {
    await transition();
  }
}
