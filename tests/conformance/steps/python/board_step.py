config = {"type": "event", "name": "board", "subscribes": ["t.board"]}


async def handler(input, context):
    todo = context.streams.todo

    async def block():
        await todo.set("g", "1", {"n": 1})
        await todo.set("g", "3", None)
        first = await todo.get("g", "1")
        items = await todo.query("g", limit=5)
        await todo.send({"groupId": "g"}, {"type": "hi", "data": 2})
        await todo.set("g", "2", first)
        await todo.delete("g", "1")
        return [first, items]

    return await context.transaction(block)
