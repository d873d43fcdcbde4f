"""Hidden streams that are computed: made anew and compared while somebody follows them, at most so often.

Nobody follows: nothing is made. `Feed` numbers what is told. A board's items are bounded by what makes them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

import anyio
import msgspec

from motia_core.clock import Clock
from motia_core.errors import MotiaError
from motia_core.storage.base import Item

GROUP = "default"
_LOOK = 0.25
encode = msgspec.json.Encoder().encode


class News(Protocol):
    """Gives what is new to those who follow a stream, and says which of its groups anybody follows."""

    def tell(self, stream: str, group: str, news: Sequence[tuple[int, str, str, bytes]]) -> None:
        """Each is a stamp, an id, a kind and data."""

    def followed(self, stream: str) -> set[str]: ...

    def anew(self, stream: str) -> None:
        """Everybody is told what there is."""


class Stamps:
    """Numbers that grow, over restarts too."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def next(self) -> int:
        self._last = max(self._clock.now_ms(), self._last + 1)
        return self._last


class Board:
    """One stream with the group `default`. `make` gives all items by id, and may give the same dict again; `every`
    is the shortest time (s) between two looks."""

    def __init__(
        self,
        name: str,
        make: Callable[[], Awaitable[Mapping[str, object]]],
        *,
        news: News,
        stamps: Stamps,
        wake: Callable[[], None],
        every: float = 0.5,
    ) -> None:
        self.name = name
        self.every = every
        self._make = make
        self._news = news
        self._stamps = stamps
        self._wake = wake
        self._lock = anyio.Lock()
        self._source: Mapping[str, object] | None = None
        self._items: dict[str, bytes] | None = None

    async def snapshot(self, group: str, key: str | None = None, *, now: int) -> tuple[list[Item], int]:
        """Those who follow already are told first what has changed, so that all see the same."""
        if group != GROUP:
            return [], self._stamps.next()
        items = await self.look()
        self._wake()
        chosen = items if key is None else {key: items[key]} if key in items else {}
        return [Item(id, value, "") for id, value in chosen.items()], self._stamps.next()

    async def look(self) -> dict[str, bytes]:
        """What there is now; changes since the last look are told."""
        async with self._lock:
            source = await self._make()
            if source is self._source and self._items is not None:
                return self._items
            before, after = self._items, {id: encode(item) for id, item in source.items()}
            self._source, self._items = source, after
            if before is not None:
                self._tell(before, after)
            return after

    def forget(self) -> None:
        """Nobody follows."""
        self._source = self._items = None

    def _tell(self, before: dict[str, bytes], after: dict[str, bytes]) -> None:
        changes = [
            (id, "create" if id not in before else "update", data)
            for id, data in after.items()
            if before.get(id) != data
        ]
        changes += [(id, "delete", encode({"id": id})) for id in before if id not in after]
        if changes:
            self._news.tell(self.name, GROUP, [(self._stamps.next(), *change) for change in changes])


class Boards:
    """All of them, looked at by one task."""

    def __init__(self, news: News, clock: Clock, note: Callable[[str], None]) -> None:
        self.all: dict[str, Board] = {}
        self.stamps = Stamps(clock)
        self._news = news
        self._clock = clock
        self._note = note
        self._joined = anyio.Event()
        self._stirred = anyio.Event()
        self._due: dict[str, float] = {}
        self._failing: set[str] = set()

    def add(self, name: str, make: Callable[[], Awaitable[Mapping[str, object]]], *, every: float = 0.5) -> None:
        wake = self._wake
        self.all[name] = Board(name, make, news=self._news, stamps=self.stamps, wake=wake, every=every)

    def stir(self, *names: str) -> None:
        """Something has changed: look now."""
        for name in names or tuple(self.all):
            self._due.pop(name, None)
        self._stirred.set()

    def _wake(self) -> None:
        self._joined.set()

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            await self._joined.wait()
            self._joined = anyio.Event()
            while await self._round():
                self._stirred = anyio.Event()
                with anyio.move_on_after(_LOOK):
                    await self._stirred.wait()

    async def _round(self) -> bool:
        """Whether anybody follows anything."""
        any_followed = False
        for board in self.all.values():
            if not self._news.followed(board.name):
                board.forget()
                continue
            any_followed = True
            now = self._clock.monotonic()
            if self._due.get(board.name, 0.0) <= now:
                self._due[board.name] = now + board.every
                await self._look(board)
        return any_followed

    async def _look(self, board: Board) -> None:
        try:
            await board.look()
            self._failing.discard(board.name)
        except (MotiaError, OSError) as error:
            if board.name not in self._failing:
                self._failing.add(board.name)
                self._note(f"the stream '{board.name}' cannot be made for now: {error}")
