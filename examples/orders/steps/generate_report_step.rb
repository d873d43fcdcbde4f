# frozen_string_literal: true

require 'csv'

def config
  {
    type: 'event',
    name: 'GenerateReport',
    description: 'Writes the report of all orders so far',
    subscribes: ['analytics.updated'],
    emits: [],
    flows: ['orders']
  }
end

def handler(input, context)
  totals = input[:totals]
  report = {
    id: SecureRandom.uuid,
    orders: totals['totalOrders'],
    revenue: euros(totals['revenueCents']),
    fees: euros(totals['feeCents']),
    topProducts: top(totals['products']),
    topCities: top(totals['perCity']),
    csv: csv(totals),
    generatedAt: Time.now.utc.iso8601
  }

  # Reports may arrive out of order, several at a time: the one that knows more orders stays.
  context.transaction do
    newest = context.state.get('reports', 'latest')
    context.state.set('reports', 'latest', report) if newest.nil? || newest['orders'] <= report[:orders]
  end
  context.state.set('reports', input[:orderId], { id: report[:id], orders: report[:orders] }, ttl: 3600)
  context.logger.info('Report generated', report_id: report[:id], orders: report[:orders])
end

private

def euros(cents) = (cents / 100.0).round(2)

def top(counts) = counts.to_h.sort_by { |name, count| [-count, name.to_s] }.first(5).to_h

def csv(totals)
  CSV.generate do |rows|
    rows << %w[Metric Value]
    rows << ['Orders', totals['totalOrders']]
    rows << ['Revenue', euros(totals['revenueCents'])]
    totals['products'].each { |product, count| rows << [product, count] }
  end
end
