config = {"type": "event", "name": "ops", "subscribes": ["t.ops"]}


def handler(input, context):
    return context.transaction(lambda tx: tx.state.update("g", "k", input["ops"]))
