config = {"type": "event", "name": "Archive", "subscribes": ["shop.tidied"], "emits": []}


async def handler(input_data, context):
    await context.state.set("archive", "last", {"by": "archive_step", "orders": input_data["orders"]})
