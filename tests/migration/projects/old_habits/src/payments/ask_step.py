config = {"type": "api", "name": "Ask", "method": "GET", "path": "/ask", "emits": []}


async def handler(req, context):
    def inner():
        return {"inner": True}

    return {"answer": inner()}
