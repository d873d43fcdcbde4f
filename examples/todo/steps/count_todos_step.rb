def config
  {
    type: "event",
    name: "CountTodos",
    description: "Counts a list anew when it has changed",
    subscribes: ["todo.changed"],
    emits: [],
    flows: ["todo"],
    # One after another per list, so that an older count never overwrites a newer one.
    infrastructure: { queue: { type: "fifo" } }
  }
end

def handler(input, context)
  todos = context.streams.todo.get_group(input.list)
  done = todos.count { |todo| todo.done }
  context.streams.summary.set(input.list, "counts", { open: todos.size - done, done: done })
end
