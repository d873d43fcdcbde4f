config = {"type": "event", "name": "deep", "subscribes": ["t.deep"]}


async def handler(input, context):
    value = []
    for _ in range(input["n"] - 1):
        value = [value]
    return value
