config = {"type": "event", "name": "emit", "subscribes": ["t.emit"]}


async def handler(input, context):
    await context.emit({"topic": "t.done", "data": input})
    return "emitted"
