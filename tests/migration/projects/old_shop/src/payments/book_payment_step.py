config = {
    "type": "event",
    "name": "BookPayment",
    "subscribes": ["payment.received"],
    "emits": ["payment.failed"],
    "flows": ["shop"],
}


async def handler(payment, context):
    before = await context.state.get("payments", payment["order"])
    before = before.get("data", before) if isinstance(before, dict) else before
    times = before["times"] if before else 0
    await context.state.set("payments", payment["order"], {"amount": payment["amount"], "times": times + 1})
    await context.emit({"topic": "payment.booked", "data": payment})
