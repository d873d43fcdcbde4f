import { readFile } from 'node:fs/promises'
import { ApiRouteConfig, Handlers } from 'motia'

export const config: ApiRouteConfig = {
  type: 'api',
  name: 'Asset',
  description: 'What `npm run build` has made of page/',
  method: 'GET',
  path: '/assets/:file',
  emits: [],
  flows: ['todo'],
}

const types: Record<string, string> = { 'app.js': 'text/javascript; charset=utf-8', 'app.css': 'text/css; charset=utf-8' }

export const handler: Handlers['Asset'] = async (req, { logger }) => {
  const { file } = req.pathParams
  if (!Object.hasOwn(types, file)) return { status: 404, body: { error: 'No such file' } }
  try {
    const body = await readFile(new URL(`../dist/${file}`, import.meta.url), 'utf8')
    return { status: 200, headers: { 'content-type': types[file], 'cache-control': 'no-cache' }, body }
  } catch {
    logger.warn('The page is not built: run npm install && npm run build')
    return { status: 404, body: { error: 'The page is not built: run npm install && npm run build' } }
  }
}
