config = {"type": "api", "name": "chunks", "method": "POST", "path": "/chunks"}


async def handler(req, context):
    async def body():
        for part in ("one", "two", "three"):
            yield part

    return {"status": 200, "headers": {"content-type": "text/plain"}, "body": body()}
