export const config = { type: 'event', name: 'calls', subscribes: ['t.calls'] };

export const handler = async (_input, { state, streams, emit }) => {
  await state.set('g', 'a', { n: 1 }, { ttl: 60 });
  await state.get('g', 'a');
  await state.getGroup('g');
  await state.keys('g');
  await state.groups();
  await state.update('g', 'a', [{ op: 'increment', path: 'n', value: 2 }]);
  await state.setIfAbsent('g', 'b', 1);
  await state.compareAndSet('g', 'b', 1, 2);
  await state.delete('g', 'a');
  await state.clear('g');
  await streams.todo.getGroup('g');
  await streams.todo.getGroup('g', { offset: 1, limit: 2 });
  await streams.todo.query('g', { where: { 'a.b': 1 }, orderBy: 'n', orderDirection: 'desc' });
  await streams.todo.update('g', '1', [{ op: 'set', path: 'n', value: 2 }]);
  await streams.todo.delete('g', '1');
  await emit({ topic: 't.done', data: 1, messageGroupId: 'm', delay: 5, id: 'e1' });
  return 'called';
};
