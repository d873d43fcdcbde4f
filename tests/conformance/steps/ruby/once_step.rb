def config
  { type: "event", name: "once", subscribes: ["t.once"] }
end

def handler(_input, context)
  context.once("pay") do
    context.state.set("paid", "x", 1)
    "receipt"
  end
end
