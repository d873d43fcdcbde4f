import sys

config = {"type": "event", "name": "exits", "subscribes": ["t.exits"]}


async def handler(input, context):
    sys.exit(3)
