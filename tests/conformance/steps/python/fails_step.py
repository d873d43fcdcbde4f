config = {"type": "event", "name": "fails", "subscribes": ["t.fails"]}


async def handler(input, context):
    raise RuntimeError("boom")
