def config
  { type: "event", name: "state", subscribes: ["t.state"] }
end

def handler(input, context)
  context.state.set("g", input.key, input)
  context.state.get("g", input.key)
end
