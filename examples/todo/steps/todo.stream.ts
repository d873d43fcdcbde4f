import { StreamConfig } from 'motia'
import { z } from 'zod'

/** One group per list; the page shows the list named in its address. */
export const config: StreamConfig = {
  name: 'todo',
  schema: z.object({
    id: z.string(),
    text: z.string(),
    done: z.boolean(),
    createdAt: z.string(),
    updatedAt: z.string(),
  }),
  baseConfig: { storageType: 'default' },

  // Asked whenever a window wants to follow a list. With streamAuth in motia.config.ts the second argument says who it is.
  canAccess: ({ groupId }) => /^[a-z0-9-]{1,40}$/.test(groupId),
}
