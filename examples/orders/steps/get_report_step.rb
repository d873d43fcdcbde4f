# frozen_string_literal: true

def config
  { type: 'api', name: 'GetReport', method: 'GET', path: '/reports/latest', emits: [], flows: ['orders'] }
end

def handler(_req, context)
  report = context.state.get('reports', 'latest')
  return { status: 404, body: { error: 'No report yet: post an order first' } } if report.nil?

  { status: 200, body: report }
end
