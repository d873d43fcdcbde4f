"""Processes of a drill, known by a mark in their environment, so that those adopted by another parent are found too."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import anyio

MARK = "DRILL_MARK"


async def until(what: Callable[[], Any], patience: float = 30.0, every: float = 0.01, name: str = "") -> Any:
    """The first true answer of `what`; AssertionError when there is none in time."""
    end = time.monotonic() + patience
    while not (found := what()):
        assert time.monotonic() < end, f"not within {patience:g} s: {name or what}"
        await anyio.sleep(every)
    return found


def marked(mark: str) -> list[int]:
    """Processes that carry `mark`, zombies that one of these does not reap, and zombies of ours."""
    zombies, found = [], []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        with suppress(OSError):
            _, _, rest = (entry / "stat").read_text().rpartition(")")
            state, parent = rest.split()[:2]
            if state == "Z":
                zombies.append((int(entry.name), int(parent)))
            elif mark.encode() in (entry / "environ").read_bytes():
                found.append(int(entry.name))
    parents = {*found, os.getpid()}
    return found + [pid for pid, parent in zombies if parent in parents]


def alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False


def stands_still(pid: int) -> bool:
    """Whether every thread of a process that was sent SIGSTOP has stopped."""
    stats = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/stat")]
    return all(text.rpartition(")")[2].split()[0] == "T" for text in stats)


def described(pid: int) -> str:
    """For people: number, state, parent, command."""
    try:
        state, parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:2]
        command = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return f"{pid} (gone by now)"
    return f"{pid} {state} child of {parent}: {command[:200]}"


def resident(pid: int) -> float:
    """Megabytes of physical memory."""
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in text.splitlines() if line.startswith("VmRSS")), 0.0)


def descriptors(pid: int) -> int:
    try:
        return len(list(Path(f"/proc/{pid}/fd").iterdir()))
    except OSError:
        return 0
