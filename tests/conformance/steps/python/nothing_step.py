config = {"type": "api", "name": "nothing", "method": "POST", "path": "/nothing"}


async def handler(req, context):
    pass
