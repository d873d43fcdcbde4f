import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig, type Motia } from '@motiadev/core'
import observabilityPlugin from '@motiadev/plugin-observability/plugin'
import statesPlugin from '@motiadev/plugin-states/plugin'
import { BullMQEventAdapter } from '@motiadev/adapter-bullmq-events'
import { workbenchXPath } from '@motiadev/workbench'
import { z } from 'zod'
import brandPlugin from './plugins/brand'
import { FileState } from './plugins/file-state'

const endpointPlugin = require('@motiadev/plugin-endpoint/plugin')
const { default: logsPlugin } = require('@motiadev/plugin-logs/plugin')
const bullmqPlugin = require('@motiadev/plugin-bullmq/plugin')

const here = path.dirname(fileURLToPath(import.meta.url))
const tenant = z.object({ tenant: z.string() })

export default defineConfig({
  app: (app) => {
    app.disable('x-powered-by')
    app.get('/version', (_req, res) => res.json({ version: 1 }))
  },
  plugins: [
    observabilityPlugin,
    statesPlugin,
    endpointPlugin,
    logsPlugin,
    bullmqPlugin,
    brandPlugin(path.join(here, 'brand'), workbenchXPath.bottomPanel),
  ],
  adapters: {
    state: new FileState('.data/state.json'),
    events: new BullMQEventAdapter({ connection: { host: 'localhost', port: 6379 }, prefix: 'shop' }),
  },
  redis: { useMemoryServer: true },
  streamAuth: {
    contextSchema: z.toJSONSchema ? z.toJSONSchema(tenant) : { type: 'object', properties: { tenant: { type: 'string' } } },
    authenticate: async (request) => {
      const token = new URL(request.url ?? '/', 'http://localhost').searchParams.get('authToken')
      return token ? tenant.parse({ tenant: token }) : null
    },
  },
})
