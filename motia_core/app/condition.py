"""What `/health` and `/ready` say of the pools: states and counts, no paths and no messages. Pure: statuses in."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from msgspec import Struct

from motia_core.workers.lifecycle import State
from motia_core.workers.status import PoolStatus

_WORST_FIRST = ("crash-looping", "starting", "ready")


class PoolHealth(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """`workers`: processes, `ready` of them take work. `failures`: failed starts in a row, while there are any;
    `next_try`: seconds until the next start, while the pool is in a crash loop."""

    state: str
    workers: int
    ready: int
    in_flight: int
    waiting: int
    failures: int = 0
    next_try: float | None = None


def languages(statuses: Sequence[PoolStatus], wanted: Collection[str]) -> dict[str, str]:
    """Per language that is wanted: `ready`, `starting`, `crash-looping`, or `missing` where no runtime is. The worst of
    its pools counts."""
    found = {}
    for name in wanted:
        states = {status.state for status in statuses if status.runner == name}
        found[name] = next((state for state in _WORST_FIRST if state in states), next(iter(states), "missing"))
    return found


def pools(statuses: Sequence[PoolStatus]) -> dict[str, PoolHealth]:
    return {
        status.name: PoolHealth(
            state=status.state,
            workers=len(status.workers),
            ready=sum(worker.state == State.READY.value for worker in status.workers),
            in_flight=sum(worker.in_flight for worker in status.workers),
            waiting=status.waiting,
            failures=status.failures,
            next_try=status.next_try,
        )
        for status in statuses
    }


def unready(statuses: Sequence[PoolStatus], wanted: Collection[str]) -> list[str]:
    """Why `/ready` says no: one reason per pool of these languages that has no ready worker."""
    return [
        f"no {status.name} worker is ready ({status.state})"
        for status in statuses
        if status.runner in wanted
        and not (status.fresh and status.state == "ready")
        and not any(worker.state == State.READY.value for worker in status.workers)
    ]
