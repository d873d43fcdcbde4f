export const config = { type: 'event', name: 'streams', subscribes: ['t.streams'] };

export const handler = async (_input, { streams }) => {
  await streams.todo.set('g', '1', { n: 1 });
  await streams.todo.send({ groupId: 'g' }, { type: 'hi', data: 2 });
  return await streams.todo.get('g', '1');
};
