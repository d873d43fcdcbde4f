export const config = { name: 'Remember', type: 'api', method: 'POST', path: '/state', emits: [] }

let count = 0

export const handler = async (req: any, { state }: any) => {
  const key = `k${count++ % 1000}`
  await state.set('bench', key, req.body)
  return { status: 200, body: await state.get('bench', key) }
}
