import type { ApiMiddleware } from 'motia'

export class ShopError extends Error {
  constructor(
    message: string,
    public readonly status = 400,
  ) {
    super(message)
  }
}

/** Errors of ours become the answer they name; the others stay a 500. */
export const errors: ApiMiddleware = async (_req, ctx, next) => {
  try {
    return await next()
  } catch (error) {
    if (!(error instanceof ShopError)) throw error
    ctx.logger.warn('Refused', { reason: error.message })
    return { status: error.status, body: { error: error.message } }
  }
}

export const customer: ApiMiddleware = async (req, ctx, next) => {
  const name = req.headers['x-customer']
  if (!name) return { status: 401, body: { error: 'Who are you?' } }
  ;(ctx as { customer?: string }).customer = String(name)
  const response = await next()
  return { ...response, headers: { ...response?.headers, 'x-seen-by': 'customer' } }
}
