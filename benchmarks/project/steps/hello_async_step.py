config = {
    "name": "HelloAsync",
    "type": "api",
    "method": "POST",
    "path": "/py",
    "emits": [],
    "bodySchema": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]},
}


async def handler(req, context):
    return {"status": 200, "body": {"message": f"hello {req['body']['name']}"}}
