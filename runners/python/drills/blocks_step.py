"""Blocks the loop from an `async def`: no pong comes meanwhile, which is how the core notices, and then all go on."""

import time

config = {"type": "event", "name": "blocks", "subscribes": ["d.blocks"]}


async def handler(input, context):
    time.sleep(input["seconds"])
    return "done"
