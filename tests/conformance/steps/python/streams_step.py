config = {"type": "event", "name": "streams", "subscribes": ["t.streams"]}


async def handler(input, context):
    todo = context.streams.todo
    await todo.set("g", "1", {"n": 1})
    await todo.send({"groupId": "g"}, {"type": "hi", "data": 2})
    return await context.streams["todo"].get("g", "1")
