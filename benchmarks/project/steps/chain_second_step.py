config = {"name": "ChainSecond", "type": "event", "subscribes": ["chain.python"], "emits": ["chain.javascript"]}


async def handler(data, context):
    await context.emit({"topic": "chain.javascript", "data": data})
