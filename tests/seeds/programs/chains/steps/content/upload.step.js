exports.config = {
  type: 'api',
  name: 'UploadContent',
  method: 'POST',
  path: '/content',
  bodySchema: { type: 'object', properties: { title: { type: 'string' }, text: { type: 'string' } }, required: ['title', 'text'] },
  emits: ['content.uploaded'],
  flows: ['content'],
}

exports.handler = async (req, { emit, state, traceId }) => {
  await state.set('content', traceId, req.body)
  await emit({ topic: 'content.uploaded', data: { id: traceId, ...req.body } })
  return { status: 202, body: { id: traceId } }
}
