"""The invocations inside one worker: what each waits for, and what has become of those whose caller was answered
already. Sends nothing and kills nothing; `worker.py` does what `sweep` says."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Raw, Struct

from motia_core.errors import DeadlineExceeded
from motia_core.workers.process import Waiter


class Run(Struct):
    """`abandoned`: its caller has been answered or has left. `expired`: its deadline has passed. A question to a
    function that is no step's handler has no `invocation` and cannot be cancelled. `ended` is called, once, when user
    code has really stopped."""

    invocation: str | None
    deadline: float
    waiter: Waiter[Raw]
    abandoned: bool = False
    expired: bool = False
    ended: Callable[[], None] | None = None


class Swept(Struct, frozen=True):
    """`expired`: newly past the deadline. `overdue`: how many did not stop within the grace after it."""

    expired: list[Run]
    overdue: int


class Runs:
    """By the id of their `step.run`."""

    def __init__(self, grace: float) -> None:
        self._grace = grace
        self._runs: dict[int, Run] = {}
        self.get = self._runs.get

    def __len__(self) -> int:
        return len(self._runs)

    @property
    def wanted(self) -> bool:
        """Whether anybody still waits for one of them."""
        return not all(run.abandoned for run in self._runs.values())

    def add(self, id: int, run: Run) -> None:
        self._runs[id] = run

    def pop(self, id: int) -> Run | None:
        run = self._runs.pop(id, None)
        if run is not None and run.ended is not None:
            run.ended()
        return run

    def clear(self) -> Iterator[Waiter[Raw]]:
        runs = [run for id in list(self._runs) if (run := self.pop(id)) is not None]
        return (run.waiter for run in runs)

    def sweep(self, now: float) -> Swept:
        """Answers the callers whose deadline has passed."""
        expired: list[Run] = []
        overdue = 0
        for run in self._runs.values():
            if now < run.deadline:
                continue
            if not run.expired:
                run.expired = True
                expired.append(run)
                if not run.waiter.done():
                    run.waiter.set_exception(DeadlineExceeded())
            elif now - run.deadline > self._grace:
                overdue += 1
        return Swept(expired, overdue)
