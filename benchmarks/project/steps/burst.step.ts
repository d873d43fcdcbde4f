export const config = { name: 'Burst', type: 'api', method: 'POST', path: '/burst', emits: ['bench.sink'] }

// As many emits at once as the caller asks for, answered when all are stored.
export const handler = async (req: any, { emit }: any) => {
  const numbers = Array.from({ length: req.body.count ?? 1 }, (_, n) => n)
  await Promise.all(numbers.map((n) => emit({ topic: 'bench.sink', data: { n } })))
  return { status: 200, body: { emitted: numbers.length } }
}
