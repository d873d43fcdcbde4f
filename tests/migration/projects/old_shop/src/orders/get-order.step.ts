import { type ApiRouteConfig, type Handlers } from 'motia'

export const config: ApiRouteConfig = {
  type: 'api',
  name: 'GetOrder',
  method: 'GET',
  path: '/orders/:id',
  emits: [],
  flows: ['shop'],
}

export const handler: Handlers['GetOrder'] = async ({ pathParams }, { state, streams }) => {
  const order = await state.get('orders', pathParams.id)
  if (!order) return { status: 404, body: { error: 'No such order' } }
  const live = await streams.orders.get('all', pathParams.id)
  const invoice = await state.get('invoices', pathParams.id)
  const parcel = await state.get('parcels', pathParams.id)
  return { status: 200, body: { order, live, invoice, parcel } }
}
