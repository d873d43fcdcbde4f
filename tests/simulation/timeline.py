"""One time for several event loops in one thread. Time stands still while anything can run and then jumps to the next
timer; the loop whose next moment comes first has the next turn, and lots decide among equals.

A loop that is `paused` misses its turns like a stopped process, and finds the time gone by when it goes on. A loop that
is `dead` never has a turn again: nothing in it is cleaned up, as after `kill -9`.
"""

from __future__ import annotations

import asyncio
import heapq
import random
from asyncio import events
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any, TypeVar

from anyio._backends import _asyncio as anyio_asyncio

T = TypeVar("T")
Change = tuple[object, str, object]
"""Where, which attribute, what it becomes."""
NEVER = float("inf")
START = 1000.0


class Timeline:
    def __init__(self, lots: random.Random) -> None:
        self.now = START
        self.turns = 0
        self._lots = lots
        self._loops: list[Loop] = []

    def loop(self, name: str) -> Loop:
        made = Loop(self, name)
        self._loops.append(made)
        return made

    def turn(self, until: float = NEVER) -> bool:
        """Lets one loop do what it can do at the next moment; False when that comes after `until`, or never."""
        soonest, candidates = NEVER, []
        for loop in self._loops:
            at = loop.next_at()
            if at < soonest:
                soonest, candidates = at, [loop]
            elif at == soonest and at != NEVER:
                candidates.append(loop)
        if soonest > until or not candidates:
            self.now = max(self.now, min(until, soonest)) if until != NEVER else self.now
            return False
        self.now = max(self.now, soonest)
        self.turns += 1
        (candidates[0] if len(candidates) == 1 else self._lots.choice(candidates)).turn()
        return True

    def run(self, until: float) -> None:
        while self.turn(until):
            pass

    def close(self) -> None:
        """Lets go of every loop; what still runs in them is cancelled, unheard."""
        for loop in self._loops:
            loop.clear()
        self._loops.clear()


class Loop(asyncio.BaseEventLoop):
    """An event loop that does one round when the timeline says so."""

    def __init__(self, timeline: Timeline, name: str) -> None:
        super().__init__()
        self.name = name
        self.dead = False
        self.paused_until = 0.0
        self.failures: list[str] = []
        self._timeline = timeline
        self._selector = _Nothing()
        self._numbers = count(1)
        self.set_task_factory(lambda loop, coroutine, **more: _Task(coroutine, loop=loop, **more))
        self.set_exception_handler(self._failed)

    def time(self) -> float:
        return self._timeline.now

    def start(self, coroutine: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        return self.create_task(coroutine)

    def next_at(self) -> float:
        """When it can do something."""
        if self.dead:
            return NEVER
        scheduled = self._scheduled
        while scheduled and scheduled[0]._cancelled:
            self._timer_cancelled_count -= 1
            heapq.heappop(scheduled)._scheduled = False
        at = self._timeline.now if self._ready else scheduled[0]._when if scheduled else NEVER
        return max(at, self.paused_until, self._timeline.now) if at != NEVER else NEVER

    def turn(self) -> None:
        events._set_running_loop(self)
        try:
            self._run_once()
        finally:
            events._set_running_loop(None)

    def clear(self) -> None:
        self.dead = True
        self._ready.clear()
        self._scheduled.clear()
        events._set_running_loop(self)
        try:
            for _ in range(50):
                left = [task for task in asyncio.all_tasks(self) if not task.done()]
                if not left:
                    break
                for task in sorted(left, key=hash):
                    task.cancel()
                for _ in range(4):
                    self._scheduled.clear()
                    self._run_once()
            for task in asyncio.all_tasks(self):
                task._log_destroy_pending = False  # type: ignore[attr-defined]
        finally:
            events._set_running_loop(None)
        self.close()

    def _failed(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if not self.dead:
            self.failures.append(f"{context.get('message')}: {context.get('exception')!r}")

    def _process_events(self, event_list: object) -> None: ...

    def _write_to_self(self) -> None: ...


class _Task(asyncio.Task):  # type: ignore[type-arg]
    """Sets of tasks have the same order in every process: their hash is no address."""

    _number = 0

    def __hash__(self) -> int:
        if not self._number:
            self._number = next(self.get_loop()._numbers)  # type: ignore[attr-defined]
        return self._number


class _Nothing:
    """No file is ever ready."""

    def select(self, timeout: float | None) -> list[object]:
        return []

    def close(self) -> None: ...


@contextmanager
def replaced(*changes: Change) -> Iterator[None]:
    """(object, attribute, new value), put back at the end."""
    before = [(where, name, where.__dict__.get(name, _MISSING)) for where, name, _ in changes]
    try:
        for where, name, value in changes:
            setattr(where, name, value)
        yield
    finally:
        for where, name, value in reversed(before):
            if value is _MISSING:
                delattr(where, name)
            else:
                setattr(where, name, value)


_MISSING = object()


class _Scope(anyio_asyncio.CancelScope):
    """Sets of cancel scopes, too, have the same order in every process."""

    __slots__ = ("_number",)
    _numbers = count(1)

    def __hash__(self) -> int:
        try:
            return self._number
        except AttributeError:
            self._number: int = next(self._numbers)
            return self._number


def ordered_scopes() -> Change:
    _Scope._numbers = count(1)
    return anyio_asyncio, "CancelScope", _Scope
