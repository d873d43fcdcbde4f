export const config = {
  type: 'api',
  name: 'SayTyping',
  description: 'Tells the other windows that somebody writes; nothing is stored',
  method: 'POST',
  path: '/lists/:list/typing',
  bodySchema: { type: 'object', properties: { who: { type: 'string', maxLength: 40 } }, required: ['who'] },
  emits: [],
  flows: ['todo'],
}

export const handler = async (req, { streams }) => {
  await streams.todo.send({ groupId: req.pathParams.list }, { type: 'typing', data: { who: req.body.who } })
  return { status: 202, body: {} }
}
