config = {
    "name": "HelloPlain",
    "type": "api",
    "method": "POST",
    "path": "/py-plain",
    "emits": [],
    "bodySchema": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]},
}


def handler(req, context):
    return {"status": 200, "body": {"message": f"hello {req['body']['name']}"}}
