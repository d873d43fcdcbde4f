export const config = { type: 'event', name: 'ledger', subscribes: ['t.ledger'] };

export const handler = async (_input, { state, transaction }) =>
  transaction(async () => {
    const n = (await state.getGroup('acc')).length;
    await state.set('sum', 'n', n);
    return await state.get('sum', 'n');
  });
