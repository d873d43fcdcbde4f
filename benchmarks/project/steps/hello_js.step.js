exports.config = {
  name: 'HelloJs',
  type: 'api',
  method: 'POST',
  path: '/js',
  emits: [],
  bodySchema: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
}

exports.handler = async (req) => ({ status: 200, body: { message: `hello ${req.body.name}` } })
