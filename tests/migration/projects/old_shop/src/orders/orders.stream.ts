import { StreamConfig } from 'motia'
import { z } from 'zod'

export const config: StreamConfig = {
  name: 'orders',
  schema: z.object({ id: z.string(), status: z.string() }),
  baseConfig: { storageType: 'default' },
  canAccess: ({ groupId }, auth) => groupId === 'all' || groupId === auth?.tenant,
}
