def config
  { type: "event", name: "streams", subscribes: ["t.streams"] }
end

def handler(_input, context)
  todo = context.streams.todo
  todo.set("g", "1", { n: 1 })
  todo.send({ groupId: "g" }, { type: "hi", data: 2 })
  todo.get("g", "1")
end
