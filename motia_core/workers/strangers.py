"""Buries what a core inherits as the first process of a container: the system makes it the parent of every process
whose own parent has ended, and as long as nobody asks for their exit codes they stay as zombies. Waits for no process
that another part of the core may be waiting for: what has just ended is left alone until the next look.
"""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

_EVERY = 1.0


class Strangers:
    """`looking`: whether there is anything to inherit at all."""

    def __init__(self, looking: bool | None = None) -> None:
        self._looking = os.getpid() == 1 if looking is None else looking
        self._at = 0.0
        self._seen: frozenset[int] = frozenset()

    def bury(self) -> None:
        """Cheap; may be called as often as one likes."""
        now = time.monotonic()
        if not self._looking or now - self._at < _EVERY:
            return
        self._at = now
        zombies = _zombies()
        for pid in zombies & self._seen:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
        self._seen = zombies


def _zombies() -> frozenset[int]:
    """Ended children of this process that nobody has waited for."""
    found, mine = set(), str(os.getpid()).encode()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError):
            state, parent = stat.read_bytes().rpartition(b") ")[2].split()[:2]
            if (state, parent) == (b"Z", mine):
                found.add(int(stat.parent.name))
    return frozenset(found)
