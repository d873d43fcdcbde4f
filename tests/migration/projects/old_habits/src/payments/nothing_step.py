config = {"type": "api", "name": "Nothing", "method": "GET", "path": "/nothing", "emits": []}


async def handler(req, context):
    context.logger.info("asked")
