config = {"type": "event", "name": "once", "subscribes": ["t.once"]}


async def handler(input, context):
    async def pay():
        await context.state.set("paid", "x", 1)
        return "receipt"

    return await context.once("pay", pay)
