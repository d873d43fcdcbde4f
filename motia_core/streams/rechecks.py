"""Asks again, from time to time and when code has changed, whether those who listen still may; drops those who may not.

Members of one room with the same context are one question. Owns when each is put; who listens is read from the rooms,
what the answer is only `access.py` knows.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection
from typing import Any, Generic, Protocol, TypeVar

import anyio
from anyio.abc import TaskGroup

from motia_core.clock import Clock
from motia_core.streams.access import Access, Auth
from motia_core.streams.protocol import Key

_TOGETHER = 4
"""Questions about one stream at the same time."""
_STEP = 0.5
"""Time between two portions of questions (s)."""
_AGAIN = 2.0
"""Time until an undecided question is put again (s)."""
_DOUBTS = 3
"""Undecided answers in a row that count as a no."""


class Member(Protocol):
    auth: Auth


M = TypeVar("M", bound=Member)
M_co = TypeVar("M_co", bound=Member, covariant=True)


class Rooms(Protocol[M_co]):
    def keys(self) -> Collection[Key]: ...
    def members(self, key: Key) -> Collection[M_co]: ...


_Question = tuple[Key, bytes | None]


class Rechecks(Generic[M]):
    """Every member is asked about once per `period` (s), at moments spread over it; with 0 only when the code of its
    stream has changed. `drop` is told of a member that may no longer be in a room."""

    def __init__(
        self, rooms: Rooms[M], access: Access, clock: Clock, *, period: float, drop: Callable[[M, Key], Any]
    ) -> None:
        self._rooms = rooms
        self._access = access
        self._clock = clock
        self._portions = int(period / _STEP) or 1 if period else 0
        self._step = min(_STEP, period) or _STEP
        self._drop = drop
        self._doubts: dict[_Question, int] = {}
        self._doubtful: deque[tuple[float, _Question]] = deque()
        self._queued: set[_Question] = set()
        self._lines: dict[str, deque[_Question]] = {}
        self._askers: dict[str, int] = {}
        self._tasks: TaskGroup | None = None
        access.on_change(self.hurry)

    async def run(self) -> None:
        turn = 0
        async with anyio.create_task_group() as tasks:
            self._tasks = tasks
            while True:
                await anyio.sleep(self._step)
                now = self._clock.monotonic()
                while self._doubtful and self._doubtful[0][0] <= now:
                    self._queue(self._doubtful.popleft()[1])
                if self._portions:
                    turn = (turn + 1) % self._portions
                    self.hurry(self._access.guarded(), turn)

    def hurry(self, streams: Collection[str], portion: int | None = None) -> None:
        """Asks now about all who listen to these, or about one portion of them."""
        rooms = self._rooms.keys() if streams else ()
        for key in rooms:
            if key.stream in streams and (portion is None or hash(key) % self._portions == portion):
                for member in self._rooms.members(key):
                    self._queue((key, member.auth.context))

    def _queue(self, question: _Question) -> None:
        if question in self._queued or self._tasks is None:
            return
        self._queued.add(question)
        stream = question[0].stream
        self._lines.setdefault(stream, deque()).append(question)
        if self._askers.get(stream, 0) < _TOGETHER:
            self._askers[stream] = self._askers.get(stream, 0) + 1
            self._tasks.start_soon(self._work_off, stream)

    async def _work_off(self, stream: str) -> None:
        """Every stream has a line of its own, so that one that answers slowly delays no other."""
        line = self._lines[stream]
        try:
            while line:
                question = line.popleft()
                self._queued.discard(question)
                await self._ask(question)
        finally:
            self._askers[stream] -= 1
            if not self._askers[stream]:
                del self._askers[stream], self._lines[stream]

    async def _ask(self, question: _Question) -> None:
        key, context = question
        asked = self._who(question)
        if not asked:
            self._doubts.pop(question, None)
            return
        verdict = await self._access.verdict(key.stream, key.group, key.id, context)
        if verdict is None:
            doubts = self._doubts[question] = self._doubts.get(question, 0) + 1
            if doubts < _DOUBTS:
                self._doubtful.append((self._clock.monotonic() + _AGAIN, question))
                return
        self._doubts.pop(question, None)
        if not verdict:
            still = self._who(question)
            for member in asked:
                if member in still:
                    self._drop(member, key)

    def _who(self, question: _Question) -> list[M]:
        key, context = question
        return [member for member in self._rooms.members(key) if member.auth.context == context]
