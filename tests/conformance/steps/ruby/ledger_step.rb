def config
  { type: "event", name: "ledger", subscribes: ["t.ledger"] }
end

def handler(_input, context)
  context.transaction do
    context.state.set("sum", "n", context.state.get_group("acc").size)
    context.state.get("sum", "n")
  end
end
