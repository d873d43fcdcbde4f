config = {"type": "event", "name": "bytes", "subscribes": ["t.bytes"]}


async def handler(input, context):
    return {"size": len(input["blob"]), "blob": input["blob"]}
