def config
  { type: "event", name: "transaction", subscribes: ["t.transaction"] }
end

def handler(_input, context)
  context.transaction do
    n = context.state.get("acc", "a") || 0
    context.state.set("acc", "a", n + 1)
    context.emit(topic: "t.added", data: { n: n + 1 })
    n + 1
  end
end
