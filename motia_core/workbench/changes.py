"""What has changed of what is served since the server started: steps that came, went or were loaded anew, files that
broke or were mended. The last of it, newest first."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Literal

from msgspec import Struct

from motia_core.steps.registry import Registry, Snapshot

What = Literal["added", "changed", "removed", "broken", "mended"]
_MOST = 30


class Change(Struct, frozen=True):
    """`step` is None where a file is meant as a whole."""

    time: int
    what: What
    step: str | None
    file: str


class Changes:
    """`now` gives milliseconds since the epoch. What is served first is no change."""

    def __init__(self, registry: Registry, now: Callable[[], int]) -> None:
        self._now = now
        self._before = registry.current
        self._found: deque[Change] = deque(maxlen=_MOST)
        self.count = 0
        registry.on_change(self._swapped)

    @property
    def recent(self) -> list[Change]:
        return list(self._found)

    def _swapped(self, snapshot: Snapshot) -> None:
        before, self._before = self._before, snapshot
        if before.number == 0:
            return
        time = self._now()
        for what, step, file in differences(before, snapshot):
            self.count += 1
            self._found.appendleft(Change(time, what, step, file))


def differences(before: Snapshot, after: Snapshot) -> Iterator[tuple[What, str | None, str]]:
    """What, the step or None, the file. Steps of a file that broke are not removed: it is their file that broke."""
    bad_before, bad_after = {one.file for one in before.broken}, {one.file for one in after.broken}
    for file in sorted(bad_after - bad_before):
        yield "broken", None, file
    for file in sorted(bad_before - bad_after):
        if file in after.files:
            yield "mended", None, file
    touched = bad_after | bad_before
    for name, step in after.by_name.items():
        old = before.by_name.get(name)
        if old is None and step.file not in touched:
            yield "added", name, step.file
        elif old is not None and old.snapshot != step.snapshot and step.file not in touched:
            yield "changed", name, step.file
    for name, step in before.by_name.items():
        if name not in after.by_name and step.file not in bad_after:
            yield "removed", name, step.file
