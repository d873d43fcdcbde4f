"""Searches in a million log lines and 100,000 traces: the slowest of many questions, each asked in a settled store."""

from __future__ import annotations

import asyncio
import json
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from figures import Results
from msgspec import Raw
from options import Options

from motia_core.clock import Clock
from motia_core.config import Durability
from motia_core.model import Failure, LogRecord, Span
from motia_core.storage.base import Storage
from motia_core.storage.open import open_storage

WORDS = [
    "order",
    "stored",
    "payment",
    "refused",
    "customer",
    "invoice",
    "shipped",
    "cache",
    "miss",
    "retry",
    "timeout",
    "user",
    "login",
    "created",
    "updated",
    "deleted",
    "warehouse",
    "stock",
    "level",
    "email",
    "sent",
    "webhook",
    "received",
    "parse",
]
BEGAN = 1_790_000_000_000
BATCH = 2000
ASKED = 5


def measure(results: Results, options: Options) -> None:
    lines = options.backlog  # a million, or a tenth of it in a quick run
    folder = Path(tempfile.mkdtemp(prefix="motia-history-"))
    try:
        asyncio.run(_measure(results, folder, lines))
    finally:
        shutil.rmtree(folder)


async def _measure(results: Results, folder: Path, lines: int) -> None:
    store = await open_storage("sqlite:m.db", folder, folder, durability=Durability(), clock=Clock())
    began = time.perf_counter()
    await _fill(store, lines)
    took = time.perf_counter() - began
    await store.traces.logs(text="settle")
    await store.traces.traces(text="settle")
    times = {what: await _time(ask) for what, ask in _questions(store, lines).items()}
    held = await store.traces.held()
    await store.close()
    slowest = max(times, key=lambda what: times[what])
    results.values["search"] = times[slowest]
    rate, middle = lines / took, statistics.median(times.values())
    results.notes.append(
        f"History: {held.logs:,} log lines and {lines // 10:,} traces of {held.spans:,} spans take "
        f"{held.size / 1e6:.0f} MB, written at {rate:,.0f} lines/s with their spans. Of {len(times)} questions the "
        f"median takes {middle:.1f} ms; the slowest is {slowest}."
    )


async def _time(ask: Callable[[], Awaitable[Any]]) -> float:
    found = []
    for _ in range(ASKED):
        began = time.perf_counter()
        await ask()
        found.append((time.perf_counter() - began) * 1000)
    return statistics.median(found)


def _questions(store: Storage, lines: int) -> dict[str, Callable[[], Awaitable[Any]]]:
    logs, traces = store.traces.logs, store.traces.traces
    middle, end = BEGAN + lines * 5, BEGAN + lines * 10
    asked: list[tuple[str, Callable[..., Awaitable[Any]], dict[str, Any]]] = [
        *(("logs", logs, one) for one in (
            {}, {"text": "order"}, {"text": str(lines // 2)}, {"text": "payment refused"}, {"text": "no such words"},
            {"text": "order stored 77"}, {"text": "customer", "level": "error"}, {"step": "Step7"}, {"level": "error"},
            {"step": "Step7", "level": "error"}, {"text": "order", "step": "Step7", "level": "error"},
            {"trace_id": "T77"}, {"trace_id": "T77", "text": "order"}, {"since": middle, "until": middle + 10_000},
            {"since": end - 60_000}, {"text": "order", "until": BEGAN + 100_000}, {"step": "Step7", "until": middle},
            {"before": lines // 2, "text": "order"},
        )),
        *(("traces", traces, one) for one in (
            {}, {"step": "Step7"}, {"step": "none"}, {"status": "failed"}, {"status": "completed"},
            {"status": "running"}, {"text": "has no customer"}, {"text": f"order {lines // 20}"}, {"text": "step"},
            {"status": "failed", "step": "Step3", "text": "timeout"}, {"since": middle, "until": middle + 10_000},
            {"step": "Step7", "until": middle}, {"status": "failed", "until": middle},
        )),
    ]  # fmt: skip
    return {f"{what} {wanted}": lambda ask=ask, wanted=wanted: ask(**wanted) for what, ask, wanted in asked}  # type: ignore[misc]


async def _fill(store: Storage, lines: int) -> None:
    chance = random.Random(1)
    for first in range(0, lines, BATCH):
        logs = [_line(chance, number) for number in range(first, first + BATCH)]
        spans = [span for number in range(first // 10, (first + BATCH) // 10) for span in _spans(chance, number)]
        await store.traces.add(spans, logs)


def _line(chance: random.Random, number: int) -> LogRecord:
    fields = {
        "orderId": f"o-{chance.randrange(10**6)}",
        "amount": chance.randrange(10_000) / 100,
        "customer": {"id": chance.randrange(10**5), "mail": f"{chance.choice(WORDS)}@example.com"},
    }
    return LogRecord(
        id=f"{number:x}",
        time=BEGAN + number * 10,
        level=chance.choices(("debug", "info", "warn", "error"), (5, 85, 8, 2))[0],  # type: ignore[arg-type]
        msg=f"{chance.choice(WORDS)} {chance.choice(WORDS)} {number}",
        trace_id=f"T{number // 10}",
        step=f"Step{chance.randrange(40)}",
        invocation=f"i{number // 4}",
        fields=Raw(json.dumps(fields).encode()),
    )


def _spans(chance: random.Random, number: int) -> list[Span]:
    event = Raw(b'{"type":"state","operation":"set","timestamp":1790000000000,"success":true,"data":{"group":"orders",'
                b'"key":"o-1","size":120}}')  # fmt: skip
    found = []
    for part in range(3):
        failure = None
        if chance.random() < 0.02:
            text = f"order {number} has no {chance.choice(WORDS)}"
            failure = Failure(code=1001, name="ValueError", message=text, stack="x" * 200)
        start = BEGAN + number * 100 + part * 5
        found.append(
            Span(
                id=f"s{number}.{part}", trace_id=f"T{number}", name=f"Step{chance.randrange(40)}",
                kind="event" if part else "api", status="failed" if failure else "completed", start=start,
                end=start + 4, language="python", parent=f"s{number}.{part - 1}" if part else None, worker="node-1",
                failure=failure, events=(event,) * 3, file="steps/a_step.py",
            )
        )  # fmt: skip
    return found
