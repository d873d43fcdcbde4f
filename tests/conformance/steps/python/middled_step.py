async def mark(req, context, next_fn):
    try:
        response = await next_fn()
    except Exception as error:
        if getattr(error, "code", None) != 1002:
            raise
        return {"status": 422, "body": {"issues": len(error.issues)}}
    return {**response, "headers": {**response.get("headers", {}), "x-mid": "yes"}}


config = {"type": "api", "name": "middled", "method": "POST", "path": "/middled", "middleware": [mark]}


async def handler(req, context):
    return {"status": 200, "body": {"ok": True}}
