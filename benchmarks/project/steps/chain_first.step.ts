export const config = { name: 'ChainFirst', type: 'api', method: 'POST', path: '/chain', emits: ['chain.python'] }

export const handler = async (req: any, { emit }: any) => {
  await emit({ topic: 'chain.python', data: req.body })
  return { status: 202, body: {} }
}
