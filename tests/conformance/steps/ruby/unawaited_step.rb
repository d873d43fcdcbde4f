def config
  { type: "event", name: "unawaited", subscribes: ["t.unawaited"] }
end

def handler(_input, context)
  context.state.set("g", "late", 1)
  "early"
end
