"""A violation as people read it: what, in which seed, the shortest story that leads to it, how to see it again."""

from __future__ import annotations

from msgspec import Struct

from tests.simulation.plan import FAULTS, Fault, setup
from tests.simulation.world import Result, simulate

_LINES = 60
_ALWAYS = ("is killed", "is stopped", "the disk fails", "the clock is set", "asked to stop", "is renamed", "serves",
           "the faults stop", "leases cannot be renewed", "was lost to another", "deliveries cannot be claimed")  # fmt: skip


class Found(Struct, frozen=True):
    """One violation, small enough to cross to another process."""

    seed: int
    text: str
    story: str


def run(seed: int, *, without: frozenset[Fault] = frozenset(), backend: str | None = None) -> Result:
    return simulate(setup(seed, without=without, backend=backend))


def shortest(result: Result) -> Result:
    """The same seed with as few kinds of faults as still lead to a violation."""
    seed, backend = result.setup.seed, result.setup.backend
    without: frozenset[Fault] = frozenset(FAULTS) - result.setup.faults
    for fault in sorted(result.setup.faults):
        less = run(seed, without=without | {fault}, backend=backend)
        if less.violation is not None:
            result, without = less, without | {fault}
    return result


def found(result: Result) -> Found:
    """Tells the story of a violation. Runs the seed again, several times."""
    least = shortest(result)
    violation = least.violation
    assert violation is not None
    lines = [
        f"seed {least.setup.seed}: {violation.text}",
        f"  {least.setup.cores} server(s) on the {least.setup.backend} store; lease {least.setup.config.queue.lease:g} s;"
        f" faults: {', '.join(sorted(least.setup.faults)) or 'none'}",
        *story(least),
        f"  alone: make simulate SEED={least.setup.seed}",
    ]
    return Found(least.setup.seed, violation.text, "\n".join(lines))


def story(result: Result) -> list[str]:
    """What was noted about the event, its group and the faults, up to the violation."""
    violation = result.violation
    told = []
    for at, n, lane, text, values in result.notes:
        about = (
            violation is None or (n is not None and n == violation.n) or (lane is not None and lane == violation.lane)
        )
        said = text % values
        if violation is not None and not about and not any(mark in said for mark in _ALWAYS):
            continue
        if violation is not None and at > violation.at:
            break
        told.append(f"  {at:8.3f}  {said}")
    left_out = len(told) - _LINES
    return told if left_out <= 0 or violation is None else [f"  ({left_out} earlier lines)", *told[-_LINES:]]
