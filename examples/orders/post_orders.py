"""Posts the bundled orders to a running server, with a progress bar, then shows the report they led to.

Usage: python examples/orders/post_orders.py [http://localhost:3000]
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

import aiohttp
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

AT_ONCE = 16
console = Console()


async def post_all(session: aiohttp.ClientSession, orders: list[dict[str, object]]) -> int:
    """Posts every order, AT_ONCE at a time; returns how many were refused."""
    refused = 0
    waiting = iter(orders)
    bar = Progress(TextColumn("Posting orders"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console)
    with bar:
        task = bar.add_task("orders", total=len(orders))

        async def post() -> None:
            nonlocal refused
            for order in waiting:
                async with session.post("/orders", json=order) as answer:
                    refused += answer.status != 201
                bar.advance(task)

        await asyncio.gather(*(post() for _ in range(AT_ONCE)))
    return refused


async def latest(session: aiohttp.ClientSession, at_least: int, patience: float = 60.0) -> dict[str, object]:
    """The report once it knows `at_least` orders."""
    until = time.monotonic() + patience
    while True:
        async with session.get("/reports/latest") as answer:
            report = await answer.json()
        if report.get("orders", 0) >= at_least or time.monotonic() > until:
            return dict(report)
        await asyncio.sleep(0.1)


def show(report: dict[str, object]) -> None:
    table = Table(title="Report, written in Ruby", show_header=False)
    for name in ("orders", "revenue", "fees", "generatedAt"):
        table.add_row(name, str(report.get(name)))
    for name in ("topProducts", "topCities"):
        counts = report.get(name)
        if isinstance(counts, dict):
            table.add_row(name, "\n".join(f"{count:>4}  {what}" for what, count in counts.items()))
    console.print(table)


async def main(url: str) -> int:
    orders = json.loads((Path(__file__).parent / "data" / "orders.json").read_text("utf-8"))
    async with aiohttp.ClientSession(url) as session:
        try:
            async with session.get("/reports/latest") as answer:
                before = (await answer.json()).get("orders", 0) if answer.status == 200 else 0
        except aiohttp.ClientError as error:
            console.print(f"[red]No server answers at {url}[/red] ({error}). Start one: make dev")
            return 1
        refused = await post_all(session, orders)
        show(await latest(session, before + len(orders) - refused))
    if refused:
        console.print(f"[red]{refused} orders were refused[/red]")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "http://localhost:3000")))
