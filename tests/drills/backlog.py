"""A million events wait

Deliveries are put into the store until a million wait. A claim with its acknowledgement must not take more than 1.3
times what it takes when few wait, measured in turns on two stores side by side; and a core that serves with such a
database must not need 50 MB more than one with an empty one, nor accept and run events more slowly than by that factor.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import msgspec

from motia_core.clock import Clock
from motia_core.config import Durability
from motia_core.model import Addressed, Event
from motia_core.storage.base import Emission, Storage
from motia_core.storage.open import open_storage
from tests.drills.kit.core import Core
from tests.drills.kit.load import Load, ways
from tests.drills.kit.processes import resident
from tests.drills.kit.project import project
from tests.drills.kit.verdict import must

WAITING = 1_000_000
EVENTS = 4_000
LIMIT = 1800.0
FACTOR = 1.3
MEMORY = 50.0
AT_ONCE = 2_000
CLAIM = 128
DAY = 86_400_000


class Served(NamedTuple):
    """Events a second, and the megabytes of the core."""

    rate: float
    memory: float


async def run(scale: float, report: Callable[[str], None]) -> dict[str, object]:
    waiting, events = max(10_000, int(WAITING * scale)), max(150, int(EVENTS * scale))
    claims = max(10, int(100 * min(1.0, scale * 2)))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        few, many = await opened(folder / "few"), await opened(folder / "many")
        try:
            # Half of them are the step's that claims, and due; the others are of a step that does not.
            await fill(few, {"RunPy": claims * CLAIM * 2}, lambda n: None)
            each = waiting // 2
            await fill(many, {"RunPy": each, "Kept": each}, lambda n: report(f"{n:,} of {waiting:,} events wait"))
            report("claiming")
            beside_few, beside_many = await in_turns(few, many, claims)
        finally:
            await few.close()
            await many.close()
        kept = await opened(folder / "late")
        try:
            await fill(kept, {"Kept": waiting}, lambda n: report(f"{n:,} of {waiting:,} events wait"))
        finally:
            await kept.close()
        report("serving with none waiting")
        empty = await serve(folder / "none", None, events)
        report(f"serving with {waiting:,} waiting")
        full = await serve(folder / "all", folder / "late" / "motia.db", events)
    factor, more = beside_many / beside_few, full.memory - empty.memory
    must(more < MEMORY, f"{waiting:,} waiting events cost the core {more:.0f} MB")
    must(scale < 1 or factor <= FACTOR, f"claims are slower by {factor:.2f}, {FACTOR} is allowed")
    must(scale < 1 or empty.rate / full.rate <= FACTOR, f"events run more slowly by {empty.rate / full.rate:.2f}")
    return {
        "waiting": waiting,
        "claim_us_few": beside_few,
        "claim_us_many": beside_many,
        "claims_slower_by": factor,
        "accepted": events * 2,
        "executed": events * 2,
        "lost": 0,
        "events_per_s_few": empty.rate,
        "events_per_s_many": full.rate,
        "memory_mb": full.memory,
        "memory_more_mb": more,
    }


async def opened(folder: Path) -> Storage:
    folder.mkdir()
    return await open_storage("sqlite:motia.db", folder, folder, durability=Durability(events="normal"), clock=Clock())


async def fill(storage: Storage, counts: dict[str, int], tell: Callable[[int], None]) -> None:
    """Small events, those of `Kept` due in a day."""
    now, done = Clock().now_ms(), 0
    data = msgspec.Raw(b'{"n":1,"ms":0}')
    event = Event(topic="drill", data=data, trace_id="t", created=now)
    for step, count in counts.items():
        emission = Emission(event=event, to=(Addressed(step, now + DAY * (step == "Kept")),))
        for start in range(0, count, AT_ONCE):
            size = min(AT_ONCE, count - start)
            await storage.events.put([emission] * size, limit=10 * WAITING)
            done += size
            tell(done)


async def in_turns(few: Storage, many: Storage, claims: int) -> tuple[float, float]:
    """Median microseconds a delivery."""
    times: dict[int, list[float]] = {0: [], 1: []}
    for _ in range(claims):
        for which, storage in enumerate((few, many)):
            now = Clock().now_ms()
            began = time.perf_counter()
            found = await storage.events.claim({"RunPy": CLAIM}, owner="drill", now=now, lease=now + DAY, limit=CLAIM)
            await storage.events.ack([delivery.id for delivery in found], owner="drill")
            times[which].append((time.perf_counter() - began) * 1e6 / len(found))
    return statistics.median(times[0]), statistics.median(times[1])


async def serve(folder: Path, database: Path | None, events: int) -> Served:
    """A core on this database, or on an empty one."""
    where = project(folder, languages=("py",), config=f"[queue]\nbacklog = {2 * WAITING}\n", kept=True)
    if database is not None:
        (folder / ".motia").mkdir()
        database.rename(folder / ".motia" / "motia.db")
    async with Core(where) as core, Load(lambda: core.url, by=ways(("py",)), emitters=16, longest=0) as load:
        began = time.monotonic()
        await load.run(events)
        accounts = await core.finished(load.accepted)
        took = time.monotonic() - began
        must(not accounts.lost, f"{len(accounts.lost)} accepted events never ran: {accounts.lost[:5]}")
        return Served(events / took, resident(core.pid))
