config = {"type": "event", "name": "cycle", "subscribes": ["t.cycle"]}


async def handler(input, context):
    value = {}
    value["self"] = value
    return value
