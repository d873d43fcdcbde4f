/** Which colours a file's text has, and a first step in each language. Pure. */

const LANGUAGES: Record<string, string> = {
  ts: 'typescript',
  tsx: 'typescript',
  mts: 'typescript',
  js: 'javascript',
  jsx: 'javascript',
  mjs: 'javascript',
  cjs: 'javascript',
  py: 'python',
  rb: 'ruby',
  json: 'json',
}

export function languageOf(file: string): string | undefined {
  return LANGUAGES[file.slice(file.lastIndexOf('.') + 1).toLowerCase()]
}

export interface FirstStep {
  label: string
  language: string
  file: string
  text: string
}

export const FIRST_STEPS: readonly FirstStep[] = [
  {
    label: 'TypeScript',
    language: 'typescript',
    file: 'steps/hello.step.ts',
    text: `import type { ApiRouteConfig } from 'motia'

export const config: ApiRouteConfig = {
  type: 'api', name: 'Hello', method: 'GET', path: '/hello', emits: [],
}

export const handler = async (req, { logger }) => {
  logger.info('somebody says hello')
  return { status: 200, body: { hello: 'world' } }
}
`,
  },
  {
    label: 'JavaScript',
    language: 'javascript',
    file: 'steps/hello.step.js',
    text: `exports.config = {
  type: 'api', name: 'Hello', method: 'GET', path: '/hello', emits: [],
}

exports.handler = async (req, { logger }) => {
  logger.info('somebody says hello')
  return { status: 200, body: { hello: 'world' } }
}
`,
  },
  {
    label: 'Python',
    language: 'python',
    file: 'steps/hello_step.py',
    text: `config = {"type": "api", "name": "Hello", "method": "GET", "path": "/hello", "emits": []}


async def handler(req, context):
    context.logger.info("somebody says hello")
    return {"status": 200, "body": {"hello": "world"}}
`,
  },
  {
    label: 'Ruby',
    language: 'ruby',
    file: 'steps/hello_step.rb',
    text: `def config
  { type: 'api', name: 'Hello', method: 'GET', path: '/hello', emits: [] }
end

def handler(req, context)
  context.logger.info('somebody says hello')
  { status: 200, body: { hello: 'world' } }
end
`,
  },
]
