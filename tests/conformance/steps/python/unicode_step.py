config = {"type": "event", "name": "unicode", "subscribes": ["t.unicode"]}


async def handler(input, context):
    return {"text": "a\u2028b", "lone": "\ud800"}
