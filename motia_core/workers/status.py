"""What pools and workers show of themselves: structs for `/health`, the workbench and `motia workers`. No behaviour but
reading what the system knows of a process."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from msgspec import Struct

PoolState = Literal["starting", "ready", "crash-looping", "draining", "stopped"]

_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICKS = os.sysconf("SC_CLK_TCK")


class WorkerStatus(Struct, frozen=True, kw_only=True, rename="camel"):
    """`age` in seconds since it was spawned; `late` answers nobody waited for; `strays` printed to the wire."""

    name: str
    pid: int
    state: str
    reason: str | None
    problem: str | None
    in_flight: int
    jobs: int
    age: float
    rss: int
    late: int
    strays: int
    runtime: str = ""


class Retirement(Struct, frozen=True, kw_only=True, rename="camel"):
    """A worker that is no more. `time` in milliseconds since the epoch."""

    worker: str
    reason: str
    problem: str | None
    time: int


class PoolStatus(Struct, frozen=True, kw_only=True, rename="camel"):
    """`state`: `crash-looping` when starts keep failing, `starting` when none is ready yet. `failures`: failed starts
    in a row; `next_try`: seconds until the next one in a crash loop. `restarts`: workers that had to be replaced, for
    whatever reason. `late`: answers nobody waited for, also those of workers that are no more. `problem`: why starts
    fail. `fresh`: each of its workers serves one call."""

    name: str
    runner: str
    fresh: bool = False
    state: PoolState
    problem: str | None
    workers: tuple[WorkerStatus, ...]
    waiting: int
    failures: int
    next_try: float | None
    restarts: int
    late: int
    retired: tuple[Retirement, ...]


def processor(pid: int) -> tuple[bool, float]:
    """Whether the main thread of a process runs or wants to run, and the seconds of a processor it has used so far;
    (False, 0) = unknown."""
    try:
        _, _, rest = Path(f"/proc/{pid}/task/{pid}/stat").read_bytes().rpartition(b") ")
        fields = rest.split()
        return fields[0] == b"R", (int(fields[11]) + int(fields[12])) / _TICKS
    except (OSError, IndexError, ValueError):
        return False, 0.0


def resident(pid: int) -> int:
    """Resident memory in bytes; 0 = unknown (no such process, or no /proc)."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_bytes().split()[1]) * _PAGE
    except (OSError, IndexError, ValueError):
        return 0
