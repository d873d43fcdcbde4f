"""What a claim costs when very many deliveries wait, measured at the store itself."""

from __future__ import annotations

import asyncio
import shutil
import statistics
import time

import msgspec
from figures import Results, Series
from options import Options
from servers import WORK

from motia_core.clock import Clock
from motia_core.config import Durability
from motia_core.model import Addressed, Event
from motia_core.storage.base import Emission, EventStore
from motia_core.storage.open import open_storage

LIMIT = 10_000_000
BATCH = 2_000
CLAIM = 128
CLAIMS = 100
EMPTY = CLAIM * CLAIMS * 2


def measure(results: Results, options: Options) -> None:
    points = [(float(size), asyncio.run(claims(size))) for size in sorted({EMPTY, 100_000, options.backlog})]
    results.values["backlog"] = points[-1][1] / points[0][1]
    results.notes.append(
        f"The full backlog had {options.backlog:,} waiting deliveries, half of them of the step that claims."
    )
    results.plot(
        "backlog",
        "Time to claim and acknowledge one delivery",
        "deliveries waiting",
        "µs",
        Series("claims of 128", points),
    )


async def claims(size: int) -> float:
    """Median microseconds per delivery of a claim of 128 with its acknowledgement, `size` waiting."""
    folder = WORK / "backlog"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    clock = Clock()
    storage = await open_storage(
        "sqlite:backlog.db", folder, folder, durability=Durability(events="normal"), clock=clock
    )
    try:
        now = clock.now_ms()
        for number in range(0, size, BATCH):
            step = "sink" if number // BATCH % 2 == 0 else "other"
            await fill(storage.events, step, min(BATCH, size - number), now)
        times = []
        for _ in range(CLAIMS):
            began = time.perf_counter()
            found = await storage.events.claim(
                {"sink": CLAIM}, owner="bench", now=clock.now_ms(), lease=clock.now_ms() + 60_000, limit=CLAIM
            )
            await storage.events.ack([delivery.id for delivery in found], owner="bench")
            times.append((time.perf_counter() - began) * 1e6 / len(found))
        return statistics.median(times)
    finally:
        await storage.close()


async def fill(events: EventStore, step: str, count: int, now: int) -> None:
    data = msgspec.Raw(b'{"n":1}')
    await events.put(
        [
            Emission(event=Event(topic="t", data=data, trace_id="t", created=now), to=(Addressed(step, now),))
            for _ in range(count)
        ],
        limit=LIMIT,
    )
