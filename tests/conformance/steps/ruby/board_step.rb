def config
  { type: "event", name: "board", subscribes: ["t.board"] }
end

def handler(_input, context)
  todo = context.streams.todo
  context.transaction do
    todo.set("g", "1", { n: 1 })
    todo.set("g", "3", nil)
    first = todo.get("g", "1")
    items = todo.query("g", limit: 5)
    todo.send({ groupId: "g" }, { type: "hi", data: 2 })
    todo.set("g", "2", first)
    todo.delete("g", "1")
    [first, items]
  end
end
