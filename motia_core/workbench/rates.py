"""How often steps ran lately: counts of two moments, about a minute apart, whether or not somebody asked meanwhile."""

from __future__ import annotations

from collections import deque

import anyio
from msgspec import Struct

from motia_core.clock import Clock
from motia_core.metrics.counts import Counts

_WINDOW = 60.0
_APART = 2.0
_REGULARLY = 10.0


class Rate(Struct, frozen=True, rename="camel"):
    """Per minute, measured over the last `seconds`."""

    runs_per_minute: float
    failures_per_minute: float
    seconds: float


class Rates:
    def __init__(self, counts: Counts, clock: Clock) -> None:
        self._counts = counts
        self._clock = clock
        self._taken: deque[tuple[float, dict[str, tuple[int, int]]]] = deque([(clock.monotonic(), {})])

    async def run(self) -> None:
        """Until it is cancelled. Nobody may ask for an hour: what was an hour ago is not lately."""
        while True:
            await anyio.sleep(_REGULARLY)
            self.note()

    def note(self) -> tuple[float, dict[str, tuple[int, int]]]:
        """What is counted by now; kept for later, and what is older than needed let go."""
        now = self._clock.monotonic()
        counted = {name: (one.runs.count, one.failures) for name, one in self._counts.steps.items()}
        if now - self._taken[-1][0] >= _APART:
            self._taken.append((now, counted))
        while len(self._taken) > 1 and self._taken[1][0] <= now - _WINDOW:
            self._taken.popleft()
        return now, counted

    def take(self) -> tuple[Rate, dict[str, Rate]]:
        """Of all steps together, and of each."""
        now, counted = self.note()
        since, before = self._taken[0]
        seconds = max(now - since, 1.0)
        found = {name: _rate(counts, before.get(name, (0, 0)), seconds) for name, counts in counted.items()}
        runs = sum(one.runs_per_minute for one in found.values())
        failures = sum(one.failures_per_minute for one in found.values())
        return Rate(round(runs, 2), round(failures, 2), round(seconds, 1)), found


def _rate(now: tuple[int, int], before: tuple[int, int], seconds: float) -> Rate:
    per_minute = 60 / seconds
    return Rate(
        round((now[0] - before[0]) * per_minute, 2), round((now[1] - before[1]) * per_minute, 2), round(seconds, 1)
    )
