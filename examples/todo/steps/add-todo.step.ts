import { ApiRouteConfig, Handlers } from 'motia'
import { z } from 'zod'

export const config: ApiRouteConfig = {
  type: 'api',
  name: 'AddTodo',
  description: 'Adds a todo: every window that follows the list shows it',
  method: 'POST',
  path: '/lists/:list/todos',
  bodySchema: z.object({ text: z.string().min(1).max(200) }),
  emits: ['todo.changed'],
  flows: ['todo'],
}

export const handler: Handlers['AddTodo'] = async (req, { streams, emit }) => {
  const { list } = req.pathParams
  const now = new Date().toISOString()
  const id = crypto.randomUUID()

  const todo = await streams.todo.set(list, id, { id, text: req.body.text, done: false, createdAt: now, updatedAt: now })
  await emit({ topic: 'todo.changed', data: { list }, messageGroupId: list })
  return { status: 201, body: todo }
}
