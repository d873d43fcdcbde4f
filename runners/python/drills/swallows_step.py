"""Swallows its cancellation and returns a value: the answer is -32800 all the same, when it has really stopped."""

import asyncio

config = {"type": "event", "name": "swallows", "subscribes": ["d.swallows"]}


async def handler(input, context):
    context.logger.info("waiting")
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        await asyncio.sleep(0.05)
    context.logger.info("stopped")
    return "not cancelled"
