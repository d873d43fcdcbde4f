export const config = { name: 'Sink', type: 'event', subscribes: ['bench.sink'], emits: [] }

export const handler = async (_input: { n: number }) => {}
