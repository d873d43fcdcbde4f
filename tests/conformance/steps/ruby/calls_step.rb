def config
  { type: "event", name: "calls", subscribes: ["t.calls"] }
end

def handler(_input, context)
  state = context.state
  state.set("g", "a", { n: 1 }, ttl: 60)
  state.get("g", "a")
  state.get_group("g")
  state.keys("g")
  state.groups
  state.update("g", "a", [{ op: "increment", path: "n", value: 2 }])
  state.set_if_absent("g", "b", 1)
  state.compare_and_set("g", "b", 1, 2)
  state.delete("g", "a")
  state.clear("g")
  todo = context.streams["todo"]
  todo.get_group("g")
  todo.get_group("g", offset: 1, limit: 2)
  todo.query("g", where: { "a.b" => 1 }, order_by: :n, order_direction: "desc")
  todo.update("g", "1", [{ op: "set", path: "n", value: 2 }])
  todo.delete("g", "1")
  context.emit(topic: "t.done", data: 1, message_group_id: "m", delay: 5, id: "e1")
  "called"
end
