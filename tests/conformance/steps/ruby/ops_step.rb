def config
  { type: "event", name: "ops", subscribes: ["t.ops"] }
end

def handler(input, context)
  context.transaction { context.state.update("g", "k", input.ops) }
end
