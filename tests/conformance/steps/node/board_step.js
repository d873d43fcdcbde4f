export const config = { type: 'event', name: 'board', subscribes: ['t.board'] };

export const handler = async (_input, { streams: { todo }, transaction }) =>
  transaction(async () => {
    await todo.set('g', '1', { n: 1 });
    await todo.set('g', '3', null);
    const first = await todo.get('g', '1');
    const items = await todo.query('g', { limit: 5 });
    await todo.send({ groupId: 'g' }, { type: 'hi', data: 2 });
    await todo.set('g', '2', first);
    await todo.delete('g', '1');
    return [first, items];
  });
