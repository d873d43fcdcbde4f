config = {"type": "event", "name": "Celebrate", "subscribes": ["payment.booked"], "emits": []}


async def handler(payment, context):
    await context.state.set("celebrations", payment["order"], {"cheers": 3, "trace": context.trace_id})
