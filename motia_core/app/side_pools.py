"""The pools beside the runners' own: named ones, and those whose workers serve a single call. Follows the steps: a pool
begins with the first step that asks for it and ends, when its work is done, after the last. Its workers load the files
of its own steps only; what is in files is told by the runners' own workers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import anyio
from anyio.abc import TaskGroup

from motia_core.app.knowledge import Knowledge
from motia_core.app.places import Place, files_by_place, place_of
from motia_core.errors import StepUnavailable
from motia_core.model import Step
from motia_core.workers.pool import Pool
from motia_core.workers.supervisor import Supervisor


class Side:
    """One such pool, and what its workers have been asked."""

    def __init__(self, supervisor: Supervisor, known: Knowledge) -> None:
        self.supervisor = supervisor
        self.known = known


class SidePools:
    """`make` builds the pool of a place, or says None where its runner cannot run."""

    def __init__(self, make: Callable[[Place], Side | None], grace: float) -> None:
        self._make = make
        self._grace = grace
        self._sides: dict[Place, Side] = {}
        self._leaving: set[Supervisor] = set()

    def __iter__(self) -> Iterator[Supervisor]:
        yield from self._leaving
        yield from (side.supervisor for side in self._sides.values())

    def of(self, runner: str) -> list[Side]:
        return [side for place, side in self._sides.items() if place.runner == runner]

    def pool(self, step: Step) -> Pool:
        """Raises StepUnavailable."""
        side = self._sides.get(place_of(step))
        if side is None:
            raise StepUnavailable(f"{step.name}: its pool {place_of(step).name} does not run")
        return side.supervisor.pool

    def follow(self, steps: Iterable[Step], group: TaskGroup) -> None:
        """These are the steps from now on."""
        wanted = files_by_place(steps)
        for place, files in wanted.items():
            side = self._sides.get(place)
            if side is None:
                side = self._make(place)
                if side is None:
                    continue
                self._sides[place] = side
                group.start_soon(side.supervisor.run)
            side.known.files = files
        for place in self._sides.keys() - wanted.keys():
            supervisor = self._sides.pop(place).supervisor
            self._leaving.add(supervisor)
            group.start_soon(self._dissolve, supervisor)

    async def stop(self, grace: float) -> None:
        async with anyio.create_task_group() as group:
            for supervisor in self:
                group.start_soon(supervisor.stop, grace)

    async def _dissolve(self, supervisor: Supervisor) -> None:
        await supervisor.drain()
        await supervisor.stop(self._grace)
        self._leaving.discard(supervisor)
