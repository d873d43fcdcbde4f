seen = []

config = {"type": "event", "name": "Celebrate", "subscribes": ["payment.booked"], "emits": []}


async def handler(payment, context):
    seen.append(payment["order"])
    await context.state.set("celebrations", payment["order"], {"cheers": len(seen)})
