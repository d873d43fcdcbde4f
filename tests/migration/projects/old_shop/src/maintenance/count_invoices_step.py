config = {"type": "cron", "name": "CountInvoices", "cron": "0 4 * * 1", "emits": []}


async def handler(context):
    invoices = await context.state.get_group("invoices")
    total = 0
    for invoice in invoices:
        total += invoice["cents"]
    await context.state.set("reports", "invoices", {"count": len(invoices), "cents": total})
