from motia import motia

config = {"type": "event", "name": "trigger", "subscribes": ["t.trigger"]}


async def handler(input, context):
    return await motia.trigger("value", input)
