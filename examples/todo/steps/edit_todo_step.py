config = {
    "type": "api",
    "name": "EditTodo",
    "description": "Changes the text of a todo, or whether it is done",
    "method": "PATCH",
    "path": "/lists/:list/todos/:id",
    "bodySchema": {
        "type": "object",
        "properties": {"text": {"type": "string", "minLength": 1, "maxLength": 200}, "done": {"type": "boolean"}},
        "minProperties": 1,
        "additionalProperties": False,
    },
    "emits": ["todo.changed"],
    "flows": ["todo"],
}


async def handler(req, context):
    todos, (list, id) = context.streams.todo, (req["pathParams"]["list"], req["pathParams"]["id"])
    if await todos.get(list, id) is None:
        return {"status": 404, "body": {"error": "Somebody has removed it"}}

    # Only what was sent is written, in one go: two windows may edit text and tick at the same time.
    changes = {**req["body"], "updatedAt": context.utils.dates.now().isoformat()}
    todo = await todos.update(list, id, [{"op": "merge", "value": changes}])
    await context.emit({"topic": "todo.changed", "data": {"list": list}, "messageGroupId": list})
    return {"status": 200, "body": todo}
