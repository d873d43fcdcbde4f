config = {"type": "api", "name": "page", "method": "POST", "path": "/page"}


async def handler(req, context):
    return {"status": 200, "body": "<p>hi</p>"}
