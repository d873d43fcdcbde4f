import { StreamConfig } from 'motia'

/** As the stream above, with a life short enough to be watched. */
export const config: StreamConfig = {
  name: 'hints',
  schema: { type: 'object' },
  baseConfig: { storageType: 'default', ttl: 1 }
}
