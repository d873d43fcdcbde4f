def config
  { type: 'event', name: 'ReportSweep', subscribes: ['processed.swept'], emits: [], flows: ['maintenance'] }
end

def handler(input, context)
  context.state.set('sweeps', 'last', input['count'])
end
