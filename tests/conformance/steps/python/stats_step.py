from motia import motia

config = {"type": "event", "name": "stats", "subscribes": ["t.stats"]}


async def handler(input, context):
    return await motia.stats()
