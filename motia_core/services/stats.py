"""How the steps fare: counts for their authors, for `motia stats` and for whoever scrapes.

Runs, failures and durations are those of this server since it started; what waits and what is dead is the store's, and
so everybody's. Counting what waits looks at all of it, so the answer is kept for a moment.
"""

from __future__ import annotations

import anyio

from motia_core.metrics.counts import StepCounts
from motia_core.metrics.histogram import Histogram
from motia_core.protocol.calls import Call, Figures, StatsTaken
from motia_core.services.context import Services
from motia_core.services.running import Active
from motia_core.storage.base import Backlog

_FRESH = 1.0


class Depths:
    """What waits, by step, at most a second old. However many ask at once, the store is asked once."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._found: list[Backlog] = []
        self._until = float("-inf")
        self._lock = anyio.Lock()

    async def read(self) -> list[Backlog]:
        """Raises StoreUnavailable."""
        clock = self._services.clock
        async with self._lock:
            if clock.monotonic() >= self._until:
                self._found = await self._services.storage.events.backlog(now=clock.now_ms())
                self._until = clock.monotonic() + _FRESH
        return self._found


class Stats:
    """The `stats.*` methods."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self.depths = Depths(services)

    async def get(self, active: Active, call: Call) -> StatsTaken:
        return await self.take()

    async def take(self) -> StatsTaken:
        """Every step that is served, and every other of which something waits."""
        services = self._services
        depths = {row.step: row for row in await self.depths.read()}
        names = [step.name for step in services.registry.current.steps if step.kind != "noop"]
        steps = {
            name: _figures(services.counts.steps.get(name), depths.get(name))
            for name in dict.fromkeys([*names, *depths])
        }
        return StatsTaken(since=services.counts.since, steps=steps)


def _figures(counts: StepCounts | None, depth: Backlog | None) -> Figures:
    counts = counts or StepCounts()
    depth = depth or Backlog(step="")
    return Figures(
        runs=counts.runs.count,
        failures=counts.failures,
        retries=counts.retries,
        p50=_milliseconds(counts.runs, 0.5),
        p95=_milliseconds(counts.runs, 0.95),
        waiting=depth.ready + depth.delayed + depth.blocked,
        running=depth.running,
        dead=depth.dead,
    )


def _milliseconds(runs: Histogram, share: float) -> float | None:
    found = runs.quantile(share)
    return None if found is None else round(found * 1000, 2)
