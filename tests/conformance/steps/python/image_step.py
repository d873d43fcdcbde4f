config = {"type": "api", "name": "image", "method": "POST", "path": "/image"}


async def handler(req, context):
    headers = {"content-type": "image/png", "set-cookie": ["a=1", "b=2"]}
    return {"status": 201, "headers": headers, "body": b"\x89PNG"}
