config = {"type": "api", "name": "Hello", "method": "GET", "path": "/hello", "emits": ["hello.said"]}


async def handler(req, context):
    name = req.get("queryParams", {}).get("name", "world")
    await context.emit({"topic": "hello.said", "data": {"name": name}})
    return {"status": 200, "body": {"message": f"Hello {name} from Python"}}
