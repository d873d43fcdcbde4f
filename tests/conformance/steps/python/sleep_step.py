import asyncio

config = {"type": "event", "name": "sleep", "subscribes": ["t.sleep"]}


async def handler(input, context):
    context.logger.info("sleeping")
    await asyncio.sleep(input["seconds"])
    return "slept"
