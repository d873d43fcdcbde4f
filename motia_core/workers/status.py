"""What pools and workers show of themselves: structs for `/health`, the workbench and `motia workers`. No behaviour but
reading a process's memory."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from msgspec import Struct

PoolState = Literal["starting", "ready", "crash-looping", "draining", "stopped"]

_PAGE = os.sysconf("SC_PAGE_SIZE")


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
    in a row. `restarts`: workers that had to be replaced, for whatever reason. `problem`: why starts fail."""

    name: str
    runner: str
    state: PoolState
    problem: str | None
    workers: tuple[WorkerStatus, ...]
    waiting: int
    failures: int
    restarts: int
    retired: tuple[Retirement, ...]


def resident(pid: int) -> int:
    """Resident memory in bytes; 0 = unknown (no such process, or no /proc)."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_bytes().split()[1]) * _PAGE
    except (OSError, IndexError, ValueError):
        return 0
