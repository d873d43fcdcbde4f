config = {"type": "event", "name": "plain", "subscribes": ["t.plain"]}


def handler(input, context):
    state = context["state"]
    state.set("g", input["key"], input)
    return state.get("g", input["key"])
