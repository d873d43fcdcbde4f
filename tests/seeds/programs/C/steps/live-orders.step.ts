import { z } from 'zod'

/** The document lists stream steps beside the other kinds: a step file that says so is a stream. */
export const config = {
  type: 'stream',
  name: 'live-orders',
  schema: z.object({ status: z.string() }),
  baseConfig: { storageType: 'default' },
}
