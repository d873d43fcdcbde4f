"""Where steps run: a runner's own pool, one that steps share by its name, and for each of these one whose workers serve
a single call. Pure: from the steps to their places, and which files a worker there needs.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from motia_core.model import Step


class Place(NamedTuple):
    """One pool. `pool`: the name its steps give it, None = the runner's own."""

    runner: str
    pool: str | None = None
    fresh: bool = False

    @property
    def name(self) -> str:
        named = self.runner if self.pool is None else f"{self.runner}/{self.pool}"
        return f"{named}+fresh" if self.fresh else named


def place_of(step: Step) -> Place:
    return Place(step.runner, step.handler.pool, step.handler.fresh)


def files_by_place(steps: Iterable[Step]) -> dict[Place, list[str]]:
    """The files that hold steps of each place but the runners' own, whose workers load all files."""
    found: dict[Place, set[str]] = {}
    for step in steps:
        place = place_of(step)
        if step.has_handler and place != Place(step.runner):
            found.setdefault(place, set()).add(step.file)
    return {place: sorted(files) for place, files in found.items()}
