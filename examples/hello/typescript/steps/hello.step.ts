import { ApiRouteConfig, Handlers } from 'motia'

export const config: ApiRouteConfig = { type: 'api', name: 'Hello', method: 'GET', path: '/hello', emits: ['hello.said'] }

export const handler: Handlers['Hello'] = async (req, { emit }) => {
  const name = req.queryParams.name ?? 'world'
  await emit({ topic: 'hello.said', data: { name } })
  return { status: 200, body: { message: `Hello ${name} from TypeScript` } }
}
