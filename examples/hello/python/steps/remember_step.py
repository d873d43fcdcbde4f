config = {"type": "event", "name": "Remember", "subscribes": ["hello.said"], "emits": []}


async def handler(input_data, context):
    await context.state.set("greeted", input_data["name"], {"at": context.utils.dates.now()})
    context.logger.info("Remembered", {"name": input_data["name"]})
