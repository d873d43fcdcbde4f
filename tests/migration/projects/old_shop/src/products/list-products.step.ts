import { ApiRouteConfig, Handlers } from 'motia'
import { z } from 'zod'
import { all, Currency, Product } from '../services/catalog'

export const config: ApiRouteConfig = {
  type: 'api',
  name: 'ListProducts',
  description: 'What the shop sells',
  method: 'GET',
  path: '/products',
  queryParams: [{ name: 'max', description: 'Highest price' }],
  responseSchema: { 200: z.object({ products: z.array(z.object({ sku: z.string(), price: z.number() })) }) },
  emits: [],
  flows: ['shop'],
}

export const handler: Handlers['ListProducts'] = async (req, { logger }) => {
  const max = Number(req.queryParams.max ?? Infinity)
  const products: Product[] = all().filter(({ price }) => price <= max)
  logger.info('Listed', { count: products.length })
  return { status: 200, body: { products, currency: Currency.EUR } }
}
