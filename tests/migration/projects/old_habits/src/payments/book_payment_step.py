config = {
    "type": "event",
    "name": "BookPayment",
    "subscribes": ["payment.received"],
    "emits": [],
    "flows": ["shop"],
}


async def handler(payment, context):
    booked = await context.state.get("payments", payment["order"])
    before = booked["data"] if booked else None
    await context.state.set("payments", payment["order"], {"amount": payment["amount"], "before": before})
    await context.emit({"topic": "payment.booked", "data": payment})
