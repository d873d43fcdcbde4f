"""A coding tool's side of `motia mcp`: the official client of the protocol, and a project to look at."""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, NamedTuple

import anyio
from mcp import Client, StdioServerParameters

from tests.kit.server import environment

STEPS = {
    "steps/prices.py": """
        PRICES = {"tea": 3}
        """,
    "steps/order_step.py": """
        from prices import PRICES

        print("loud while it is loaded")
        config = {"type": "api", "name": "Order", "method": "POST", "path": "/orders", "emits": ["order.placed"],
                  "flows": ["shop"]}

        async def handler(req, context):
            order = {**req["body"], "price": PRICES["tea"]}
            await context.state.set("orders", order["id"], order)
            await context.emit({"topic": "order.placed", "data": order})
            return {"status": 200, "body": {"placed": order["id"]}}
        """,
    "steps/pay_step.py": """
        config = {"type": "event", "name": "Pay", "subscribes": ["order.placed"], "emits": [], "flows": ["shop"],
                  "infrastructure": {"queue": {"maxRetries": 1, "backoff": {"first": 0.05, "jitter": 0}}}}

        async def handler(order, context):
            purse = await context.state.get("purses", order["id"])
            if purse is None:
                raise LookupError("no purse for " + order["id"])
            context.logger.info("Paid " + order["id"], {"price": order["price"]})
            await context.state.set("paid", order["id"], True)
        """,
    "secrets.txt": "swordfish\n",
    ".env": "SECRET=swordfish\n",
}


class Told(NamedTuple):
    text: str
    failed: bool

    @property
    def json(self) -> Any:
        assert not self.failed, self.text
        return json.loads(self.text)


class Coder:
    """One connection."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def call(self, name: str, **arguments: Any) -> Told:
        result = await self.client.call_tool(name, arguments)
        return Told("".join(getattr(part, "text", "") for part in result.content), bool(result.is_error))


def asking(project: Path, work: Callable[[Coder], Awaitable[None]], *args: str, **env: str) -> None:
    """Runs `work` with a connection to a `motia mcp` of its own."""
    server = StdioServerParameters(
        command=sys.executable,
        args=["-m", "motia_core.cli", "mcp", "--project", str(project), *args],
        env=environment(**env),
        cwd=project.parent,
    )

    async def run() -> None:
        with anyio.fail_after(60):
            async with Client(server) as client:
                await work(Coder(client))

    anyio.run(run)
