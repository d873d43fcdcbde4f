import { StreamConfig, StreamAdapter } from 'motia'

class Counter extends StreamAdapter<{ n: number }> {}

export const config: StreamConfig = {
  name: 'counter',
  schema: { type: 'object', properties: {} },
  baseConfig: { storageType: 'custom', factory: () => new Counter() },
}
