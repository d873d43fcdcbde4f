import type { ApiRouteConfig, Handlers } from '@motia/core'

export const config: ApiRouteConfig = { type: 'api', name: 'OperationTs', method: 'POST', path: '/operations', emits: ['operation.python', 'operation.ruby'] }

export const handler: Handlers['OperationTs'] = async (req, { logger, emit, traceId }) => {
  const { userId } = req.body
  const errors = ['too small'], input = req.body
  await emit({ topic: 'operation.python', data: {} })
  await emit({ topic: 'operation.ruby', data: {} })

  logger.info('Processing started', { userId, traceId })
  logger.error('Validation failed', { errors, input, traceId })

  try {
    // Step logic
    throw new Error('broken in TypeScript')
  } catch (error) {
    logger.error('Operation failed', { error: error.message, traceId })
    // For API steps: return error response
    // For Event steps: emit error event or rethrow
    return { status: 500, body: { error: 'Creation failed' } }
  }
}
