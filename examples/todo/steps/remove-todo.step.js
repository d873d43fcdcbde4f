export const config = {
  type: 'api',
  name: 'RemoveTodo',
  method: 'DELETE',
  path: '/lists/:list/todos/:id',
  emits: ['todo.changed'],
  flows: ['todo'],
}

export const handler = async (req, { streams, emit }) => {
  const { list, id } = req.pathParams
  await streams.todo.delete(list, id)
  await emit({ topic: 'todo.changed', data: { list }, messageGroupId: list })
  return { status: 200, body: {} }
}
