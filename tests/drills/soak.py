"""A long time under load

The core runs under a steady load of requests and events in four languages. Memory does not climb, nor does the number
of open files, and the log in front of the database is carried over again and again.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import anyio

from tests.drills.kit.core import Core
from tests.drills.kit.load import Load
from tests.drills.kit.processes import descriptors, marked, resident
from tests.drills.kit.project import project
from tests.drills.kit.verdict import must, share

SECONDS = 1200.0
LIMIT = 1800.0
RATE = 150
WAL = 80.0  # megabytes; it is carried over at 16 and cut at 64
FILES = 24
SLOPE = 12.0  # megabytes an hour, over the second half
EVERY = 0.5


class Sample(NamedTuple):
    at: float
    core: float
    workers: float
    files: int
    wal: float


async def run(scale: float, report: Callable[[str], None]) -> dict[str, object]:
    seconds = max(2.0, SECONDS * scale)
    with tempfile.TemporaryDirectory() as name:
        async with Core(project(Path(name))) as core, Load(lambda: core.url, rate=RATE, padding=200) as load:
            samples: list[Sample] = []
            async with anyio.create_task_group() as group:
                group.start_soon(load.run)
                began = time.monotonic()
                while (at := time.monotonic() - began) < seconds:
                    samples.append(sample(core, at))
                    report(f"{at:.0f} of {seconds:.0f} s, {len(load.accepted):,} events, {samples[-1].core:.0f} MB")
                    await anyio.sleep(EVERY)
                load.stop()
            accounts = await core.finished(load.accepted)
            core.check()
            gone = await core.end()
    late = samples[len(samples) // 2 :]
    slope = climb([(one.at, one.core) for one in late]) * 3600
    files = max(one.files for one in late) - min(one.files for one in late)
    wal = max(one.wal for one in samples)
    accounts.balance()
    must(not accounts.duplicated, f"{accounts.duplicated} events ran twice though nothing was killed")
    must(not load.refusals and not load.unanswered, f"refused: {load.refusals}, not answered: {load.unanswered}")
    must(files <= FILES, f"{files} files more are open than before")
    must(wal <= WAL, f"the log of the database grew to {wal:.0f} MB")
    must(scale < 1 or slope <= SLOPE, f"memory climbs by {slope:.1f} MB an hour")
    return {
        "seconds": round(seconds),
        "accepted": accounts.accepted,
        "executed": accounts.executed,
        "duplicated": accounts.duplicated,
        "lost": 0,
        "memory_mb": max(one.core for one in samples),
        **({"memory_slope_mb_per_hour": slope} if seconds >= 60 else {}),
        "workers_memory_mb": max(one.workers for one in samples),
        "open_files": late[-1].files,
        "wal_max_mb": wal,
        "emit_p50_ms": share(load.latencies, 0.5) * 1000,
        "emit_p99_ms": share(load.latencies, 0.99) * 1000,
        "orphans": 0,
        "gone_after_s": gone,
    }


def sample(core: Core, at: float) -> Sample:
    wal = core.database.with_name(core.database.name + "-wal")
    return Sample(
        at,
        resident(core.pid),
        sum(resident(pid) for pid in marked(core.mark) if pid != core.pid),
        descriptors(core.pid),
        wal.stat().st_size / 1e6 if wal.exists() else 0.0,
    )


def climb(points: Sequence[tuple[float, float]]) -> float:
    """The slope of the line through the points with the least squares."""
    n = len(points)
    x, y = sum(at for at, _ in points) / n, sum(value for _, value in points) / n
    spread = sum((at - x) ** 2 for at, _ in points)
    return sum((at - x) * (value - y) for at, value in points) / spread if spread else 0.0
