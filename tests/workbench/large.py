"""A project of a thousand steps and a history of ten thousand traces and a hundred thousand log lines, to see whether
the screens bear it. The history is written through the store, as if a server had run before."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import anyio
from msgspec import Raw

from motia_core.clock import Clock
from motia_core.model import Failure, LogRecord, Span
from motia_core.storage.sqlite.traces import open_traces

STEPS, FLOWS, TRACES, LINES = 1000, 25, 10_000, 100_000
_PART = 2000
_WORDS = [
    "order",
    "paid",
    "stock",
    "shipped",
    "refund",
    "customer",
    "basket",
    "invoice",
    "label",
    "parcel",
    "retry",
    "cancelled",
]

_API = """config = {{
    "type": "api", "name": "Take{n}", "method": "POST", "path": "/things/{n}/:id", "emits": ["made.{n}"],
    "flows": ["flow-{flow:02}"], "description": "Takes thing {n}",
    "bodySchema": {{"type": "object", "properties": {{"id": {{"type": "string"}}, "count": {{"type": "integer"}}}}}},
}}


async def handler(req, context):
    return {{"status": 200, "body": {{}}}}
"""
_EVENT = """config = {{
    "type": "event", "name": "Handle{n}", "subscribes": ["made.{heard}"], "emits": ["made.{n}"], "flows": ["flow-{flow:02}"],
}}


async def handler(input, context):
    pass
"""
_CRON = """config = {{"type": "cron", "name": "Clock{n}", "cron": "0 4 1 1 *", "emits": ["made.{n}"], "flows": ["flow-{flow:02}"]}}


async def handler(context):
    pass
"""


def grow(project: Path) -> None:
    """A quarter of the steps are endpoints; each flow is a tree of forty."""
    for n in range(STEPS):
        flow, place = divmod(n, STEPS // FLOWS)
        folder = project / "steps" / f"flow_{flow:02}"
        folder.mkdir(parents=True, exist_ok=True)
        if place < 10:
            text = _API.format(n=n, flow=flow)
        elif place == 39:
            text = _CRON.format(n=n, flow=flow)
        else:
            text = _EVENT.format(n=n, flow=flow, heard=n - 10)
        (folder / f"thing_{n:04}_step.py").write_text(text)
    (project / ".motia").mkdir()
    anyio.run(_remember, project / ".motia" / "motia.traces.db")


async def _remember(path: Path) -> None:
    clock = Clock()
    store = await open_traces(path, clock)
    now = clock.now_ms()
    spans, logs = [], []
    for span, lines in _history(now):
        spans.append(span)
        logs.extend(lines)
        if len(spans) == _PART:
            await store.add(spans, logs, now=now)
            spans, logs = [], []
    await store.add(spans, logs, now=now)
    await store.close()


def _history(now: int) -> Iterator[tuple[Span, list[LogRecord]]]:
    """Traces of one run with ten lines each, over the last day, the oldest first."""
    chance = random.Random(7)
    for number in range(TRACES):
        start = now - (TRACES - number) * 8000
        n = chance.randrange(FLOWS) * 40 + chance.randrange(10)
        trace, id, took = f"AAAAA-{number:07}-a{number:x}", f"f{number:015x}", int(chance.expovariate(0.02))
        failed = number % 17 == 0
        span = Span(
            id=id,
            trace_id=trace,
            name=f"Take{n}",
            kind="api",
            status="failed" if failed else "completed",
            start=start,
            end=start + took,
            language="python",
            file=f"steps/flow_{n // 40:02}/thing_{n:04}_step.py",
            failure=Failure(message=f"thing {number} is not there", code=1000, name="KeyError") if failed else None,
        )
        yield (
            span,
            [
                LogRecord(
                    id=f"{id}{line:02}",
                    time=start + line,
                    level="error" if failed and line == 9 else ("warn" if line == 5 else "info"),
                    msg=f"{chance.choice(_WORDS)} {chance.choice(_WORDS)} number {number} line {line}",
                    trace_id=trace,
                    step=span.name,
                    flows=(f"flow-{n // 40:02}",),
                    invocation=id,
                    fields=Raw(b'{"customer":%d,"items":[1,2,3]}' % chance.randrange(10_000)),
                )
                for line in range(LINES // TRACES)
            ],
        )
