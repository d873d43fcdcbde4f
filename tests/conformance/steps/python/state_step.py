config = {"type": "event", "name": "state", "subscribes": ["t.state"]}


async def handler(input, context):
    await context.state.set("g", input["key"], input)
    return await context.state.get("g", input["key"])
