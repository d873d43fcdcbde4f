import sys

config = {"type": "event", "name": "leaves", "subscribes": ["t.leaves"]}


async def handler(input, context):
    return "stayed"


sys.exit(4)
