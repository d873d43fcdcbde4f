export const config = { type: 'event', name: 'once', subscribes: ['t.once'] };

export const handler = async (_input, { once, state }) =>
  once('pay', async () => {
    await state.set('paid', 'x', 1);
    return 'receipt';
  });
