export const config = { type: 'event', name: 'transaction', subscribes: ['t.transaction'] };

export const handler = async (_input, context) =>
  context.transaction(async () => {
    const n = (await context.state.get('acc', 'a')) ?? 0;
    await context.state.set('acc', 'a', n + 1);
    await context.emit({ topic: 't.added', data: { n: n + 1 } });
    return n + 1;
  });
