config = {"type": "api", "name": "bad", "method": "POST", "path": "/bad"}


async def handler(req, context):
    return {"status": 200, "body": {"items": [1, {"run": lambda: None}]}}
