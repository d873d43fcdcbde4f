import { readFile } from 'node:fs/promises'
import { ApiRouteConfig, Handlers } from 'motia'

export const config: ApiRouteConfig = {
  type: 'api',
  name: 'Page',
  description: 'The page itself',
  method: 'GET',
  path: '/',
  emits: [],
  flows: ['todo'],
}

export const handler: Handlers['Page'] = async () => ({
  status: 200,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: await readFile(new URL('../page/index.html', import.meta.url), 'utf8'),
})
