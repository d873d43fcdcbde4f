"""A cron step: notices orders that nobody has paid."""

config = {
    "type": "cron",
    "name": "CountOpenOrders",
    "description": "Every 10 seconds: how many orders wait for their payment",
    "cron": "*/10 * * * * *",
    "emits": [],
    "flows": ["orders"],
}


async def handler(context):
    orders = await context.state.get_group("orders")
    waiting = [order for order in orders if order.get("status") == "new"]
    await context.state.set("health", "open-orders", {"count": len(waiting), "at": context.utils.dates.now()})
    context.logger.info("Open orders counted", {"open": len(waiting), "all": len(orders)})
