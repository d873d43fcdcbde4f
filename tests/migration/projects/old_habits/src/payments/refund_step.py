import os
import sys

rates = {"EUR": 1}
total = 0

config = {"type": "event", "name": "Refund", "subscribes": ["refund"], "emits": ["refund.done"]}


def helper(rates):
    rates["USD"] = 2
    return rates


async def handler(payment, context):
    global total
    total += payment["amount"]
    rates[payment["currency"]] = 1
    os.environ["LAST_REFUND"] = payment["order"]
    settings = await context.state.get("settings", "refunds")
    limit = settings.get("limit", 10)
    saved = (await context.state.get("payments", payment["order"])).get("amount")
    guarded = await context.state.get("settings", "more")
    if guarded:
        limit = guarded.get("limit", limit)
    if payment["amount"] > limit:
        sys.exit("too much")
    await context.rpc.send("state.get", {})
    await context.emit({"topic": "refund.done", "data": {"saved": saved, "helper": helper({})}})
    await context.emit({"topic": "refund.booked", "data": payment})
