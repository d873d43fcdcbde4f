const config = {
  type: 'api',
  name: 'CreateResource',
  method: 'POST',
  path: '/resources',
  bodySchema: {
    type: 'object',
    properties: {
      title: { type: 'string', minLength: 1 },
      category: { type: 'string', minLength: 1 }
    },
    required: ['title', 'category']
  },
  emits: ['resource.created'],
  flows: ['resource-management']
}

const handler = async (req, { emit, state, logger, traceId }) => {
  // Always validate inputs
  // Use structured logging with context
  // Handle errors gracefully
  // Return proper HTTP responses
  try {
    const { title, category } = req.body
    const resourceId = crypto.randomUUID()
    
    await state.set(traceId, 'resource', { id: resourceId, title, category })
    await emit({ topic: 'resource.created', data: { id: resourceId, title, category } })
    
    logger.info('Resource created', { resourceId, title, category, traceId })
    return { status: 201, body: { id: resourceId, message: 'Resource created' } }
  } catch (error) {
    logger.error('Resource creation failed', { error: error.message, traceId })
    return { status: 500, body: { error: 'Creation failed' } }
  }
}

module.exports = { config, handler }
