config = {"type": "event", "name": "Reindex", "subscribes": ["shop.tidied"], "emits": []}


async def handler(input_data, context):
    last = await context.state.get("index", "last")
    await context.state.set("index", "last", {"runs": last.get("runs", 0) + 1})
