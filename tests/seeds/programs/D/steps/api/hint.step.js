exports.config = { type: 'api', name: 'Hint', method: ['POST', 'GET'], path: '/hints/:id', emits: [] }

exports.handler = async (req, { streams }) => {
  const { id } = req.pathParams
  if (req.method === 'POST') await streams.hints.set('all', id, req.body)
  return { status: 200, body: { found: await streams.hints.get('all', id) } }
}
