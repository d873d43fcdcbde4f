config = {"type": "event", "name": "big", "subscribes": ["t.big"]}


async def handler(input, context):
    return {"text": "x" * input["n"]}
