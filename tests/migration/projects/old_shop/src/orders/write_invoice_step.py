"""Bills a tracked order."""

from src.services.money import to_cents
from services.letters import subject

from .types import Invoice

config = {
    "type": "event",
    "name": "WriteInvoice",
    "subscribes": ["order.tracked"],
    "emits": ["invoice.written"],
    "input": {"type": "object", "properties": {"id": {"type": "string"}, "total": {"type": "number"}}},
    "flows": ["shop"],
}


async def handler(input_data, context):
    order = await context.state.get("orders", input_data["id"])
    order = order.get("data", order) if isinstance(order, dict) else order
    if not order:
        raise LookupError(input_data["id"])
    invoice = Invoice(subject("Invoice", input_data["id"][:4]), to_cents(order["total"]))
    await context.state.set("invoices", input_data["id"], invoice.as_dict())
    await context.emit({"topic": "invoice.written", "data": invoice.as_dict()})
    context.logger.info("Invoice written", {"cents": invoice.cents})
