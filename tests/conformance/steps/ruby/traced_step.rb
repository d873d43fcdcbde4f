def config
  { type: "event", name: "traced", subscribes: ["t.traced"] }
end

def handler(input, context)
  { traceparent: context.traceparent, tracestate: context[:tracestate] }
end
