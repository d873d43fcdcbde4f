interface Hello {
  name: string
}

export const config = {
  name: 'HelloTs',
  type: 'api',
  method: 'POST',
  path: '/ts',
  emits: [],
  bodySchema: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
}

export const handler = async (req: { body: Hello }) => ({ status: 200, body: { message: `hello ${req.body.name}` } })
