config = {"type": "event", "name": "calls", "subscribes": ["t.calls"]}


async def handler(input, context):
    state, todo = context.state, context.streams.todo
    await state.set("g", "a", {"n": 1}, ttl=60)
    await state.get("g", "a")
    await state.get_group("g")
    await state.keys("g")
    await state.groups()
    await state.update("g", "a", [{"op": "increment", "path": "n", "value": 2}])
    await state.set_if_absent("g", "b", 1)
    await state.compare_and_set("g", "b", 1, 2)
    await state.delete("g", "a")
    await state.clear("g")
    await todo.get_group("g")
    await todo.get_group("g", offset=1, limit=2)
    await todo.query("g", where={"a.b": 1}, order_by="n", order_direction="desc")
    await todo.update("g", "1", [{"op": "set", "path": "n", "value": 2}])
    await todo.delete("g", "1")
    await context.emit({"topic": "t.done", "data": 1, "messageGroupId": "m", "delay": 5, "id": "e1"})
    return "called"
