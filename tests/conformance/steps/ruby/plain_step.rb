def config
  { type: "event", name: "plain", subscribes: ["t.plain"] }
end

def handler(input, context)
  state = context[:state]
  state[:set].("g", input["key"], input)
  state[:get].("g", input["key"])
end
