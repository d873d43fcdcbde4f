def config
  { type: "event", name: "emit", subscribes: ["t.emit"] }
end

def handler(input, context)
  context.emit(topic: "t.done", data: input)
  "emitted"
end
