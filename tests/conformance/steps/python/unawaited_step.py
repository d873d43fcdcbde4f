config = {"type": "event", "name": "unawaited", "subscribes": ["t.unawaited"]}


async def handler(input, context):
    context.state.set("g", "late", 1)
    return "early"
