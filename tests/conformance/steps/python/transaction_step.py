config = {"type": "event", "name": "transaction", "subscribes": ["t.transaction"]}


async def handler(input, context):
    async def add(tx):
        n = await tx.state.get("acc", "a") or 0
        await tx.state.set("acc", "a", n + 1)
        await tx.emit({"topic": "t.added", "data": {"n": n + 1}})
        return n + 1

    return await context.transaction(add)
