def config
  { type: 'api', name: 'Sales', method: 'GET', path: '/reports/sales', emits: [], flows: ['shop'] }
end

def handler(req, context)
  orders = context.state.get_group('orders')
  { status: 200, body: { orders: orders.length, currency: ENV['CURRENCY'] } }
end
