config = {"type": "api", "name": "echo", "method": "POST", "path": "/echo"}


async def handler(req, context):
    body = {
        "body": req["body"],
        "method": req.method,
        "params": req.get("pathParams"),
        "query": req.query_params,
        "raw": req.rawBody if isinstance(req.rawBody, str) else None,
    }
    return {"status": 200, "headers": {"x-echo": "yes"}, "body": body}
