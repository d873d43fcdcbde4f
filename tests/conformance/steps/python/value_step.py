config = {"type": "event", "name": "value", "subscribes": ["t.value"]}


async def handler(input, context):
    return input
