config = {"type": "event", "name": "ledger", "subscribes": ["t.ledger"]}


async def handler(input, context):
    async def count(tx):
        n = len(await tx.state.get_group("acc"))
        await tx.state.set("sum", "n", n)
        return await tx.state.get("sum", "n")

    return await context.transaction(count)
