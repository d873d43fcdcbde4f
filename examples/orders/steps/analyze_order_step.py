"""Keeps running figures of all orders. Atomic updates: many orders are analysed at the same time."""

config = {
    "type": "event",
    "name": "AnalyzeOrder",
    "description": "Adds a paid order to the figures",
    "subscribes": ["payment.processed"],
    "emits": ["analytics.updated"],
    "input": {"orderId": "string", "paymentId": "string"},
    "flows": ["orders"],
}


async def handler(input_data, context):
    order = await context.state.get("orders", input_data["orderId"])
    payment = await context.state.get("payments", input_data["orderId"])
    if order is None or payment is None:
        raise LookupError(f"order {input_data['orderId']} or its payment is not in state yet")

    async def add_to_figures():
        return await context.state.update(
            "analytics",
            "totals",
            [
                {"op": "increment", "path": "totalOrders", "value": 1},
                {"op": "increment", "path": "revenueCents", "value": round(order["total"] * 100)},
                {"op": "increment", "path": "feeCents", "value": round(payment["fee"] * 100)},
                {"op": "increment", "path": f"perCity.{order['city'].replace('.', ' ')}", "value": 1},
                *(
                    {"op": "increment", "path": f"products.{item['title'].replace('.', ' ')}", "value": item["quantity"]}
                    for item in order["items"]
                ),
            ],
        )

    totals = await context.once("figures", add_to_figures)
    await context.emit({"topic": "analytics.updated", "data": {"orderId": order["id"], "totals": totals}})
    context.logger.info("Order analysed", {"orderId": order["id"], "totalOrders": totals["totalOrders"]})
