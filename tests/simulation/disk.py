"""What the servers of a seed keep their things in: the real backends, behind a door that is slow, fails before or after
the work is done, and tells the ledger what went through.

SQLite runs on the loop's own thread here, so that nothing depends on when the system runs another one; its batches, SQL
and file are the real ones.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from motia_core.clock import Clock
from motia_core.config import Durability
from motia_core.errors import StoreUnavailable
from motia_core.storage.base import Storage
from motia_core.storage.memory.storage import MemoryStorage
from motia_core.storage.sqlite import database, writer
from motia_core.storage.sqlite.storage import open_sqlite
from tests.simulation.timeline import Change, Loop

if TYPE_CHECKING:
    from tests.simulation.core import Core


class Door:
    """One server's way to the disk."""

    def __init__(self, core: Core, lots: Any, *, slow: bool) -> None:
        self.core = core
        self.trouble_until = 0.0
        self._lots = lots
        self._slow = slow

    def is_free(self) -> bool:
        """Whether something can be done at this moment, without waiting. Raises StoreUnavailable: nothing was done."""
        loop = self.core.loop
        if loop.dead:
            raise StoreUnavailable("the server is dead")
        return loop.time() >= self.trouble_until and bool(self._lots.random() < 0.5)

    async def enter(self) -> None:
        """Raises StoreUnavailable: nothing was done."""
        await self._pass("before")

    async def leave(self) -> None:
        """Raises StoreUnavailable: it was done, and nobody knows."""
        await self._pass("after")

    async def _pass(self, when: str) -> None:
        lots, loop = self._lots, self.core.loop
        if loop.dead:
            raise StoreUnavailable("the server is dead")
        lot = lots.random()
        if lot < 0.4:
            await asyncio.sleep(lots.uniform(0.0, 0.003))
        elif self._slow and lot < 0.44:
            await asyncio.sleep(lots.uniform(0.05, 0.6))
        if loop.time() < self.trouble_until and lots.random() < 0.3:
            self.core.disturbed()
            raise StoreUnavailable(f"disk error {when} the commit")


class _Guarded:
    """One store; each of its methods goes through the door."""

    def __init__(self, store: object, door: Door, room: str, *, passing: bool) -> None:
        self._store = store
        self._room = room
        self._door = door
        self._passing = passing

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method, door, passing = getattr(self._store, name), self._door, self._passing
        ledger, called = door.core.ledger, self._room + name

        async def through(*args: Any, **more: Any) -> Any:
            ledger.asks(door.core, called, args, more)
            if passing:
                await door.enter()
            result = await method(*args, **more)
            if passing:
                await door.leave()
            ledger.hears(door.core, called, args, more, result)
            return result

        self.__dict__[name] = through
        return through


class Guarded:
    """A `Storage` as one server holds it."""

    def __init__(self, storage: Storage, door: Door, *, passing: bool) -> None:
        def guard(store: object, room: str = "") -> Any:
            return _Guarded(store, door, room, passing=passing)

        self.describe = storage.describe
        self._storage = storage
        self._guard = guard
        self.state, self.events = guard(storage.state), guard(storage.events, "events.")
        self.traces, self.notifier = storage.traces, storage.notifier
        self.transaction = guard(storage).transaction
        self.check = guard(storage).check

    def stream(self, name: str) -> Any:
        return self._guard(self._storage.stream(name))

    async def stream_names(self) -> list[str]:
        return await self._storage.stream_names()

    async def close(self) -> None:
        await self._storage.close()


class Memory:
    """All servers share one set of dicts."""

    changes: tuple[Change, ...] = ()

    def __init__(self) -> None:
        self._storage = MemoryStorage()

    async def open(self, door: Door, clock: Clock) -> Storage:
        shared = Guarded(self._storage, door, passing=True)
        shared.close = _nothing  # type: ignore[method-assign]
        return cast(Storage, shared)

    def whole(self) -> MemoryStorage:
        return self._storage

    def close(self) -> None: ...


class Sqlite:
    """All servers open one file."""

    def __init__(self, folder: Path, doors: Callable[[], Door | None]) -> None:
        self._path = folder / "motia.db"
        self._doors = doors
        self._open: list[_Connection] = []
        self._reading: sqlite3.Connection | None = None

    @property
    def changes(self) -> tuple[Change, ...]:
        return (
            (database, "connect", self._connect),
            (database, "submit", self._submit),
            (writer, "run_through", self._run_through),
            (writer, "bare", self._bare),
        )

    async def open(self, door: Door, clock: Clock) -> Storage:
        storage = await open_sqlite(self._path, durability=Durability(), clock=clock)
        return cast(Storage, Guarded(storage, door, passing=False))

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """For the judge."""
        if self._reading is None:
            self._reading = sqlite3.connect(self._path, isolation_level=None)
        return self._reading.execute(sql).fetchall()

    def close(self) -> None:
        for connection in self._open:
            connection.db.close()
        if self._reading is not None:
            self._reading.close()

    async def _connect(self, path: str, where: str) -> _Connection:
        db = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False, cached_statements=256)
        made = _Connection(db)
        self._open.append(made)
        return made

    async def _submit(self, connection: _Connection, function: Callable[[sqlite3.Connection], Any]) -> Any:
        door = self._doors()
        if door is not None and door.core.loop.dead:
            raise StoreUnavailable("the server is dead")
        await asyncio.sleep(0)
        return function(connection.db)

    async def _run_through(self, connection: _Connection, function: Callable[..., Any], *, patient: bool) -> Any:
        door = self._doors()
        if door is not None:
            await door.enter()
        result = function(connection.db, lambda: None)
        if door is not None:
            await door.leave()
        return result

    def _bare(self, connection: _Connection) -> sqlite3.Connection:
        """For a batch on the loop itself: half of them find the file locked, and go through the door instead."""
        door = self._doors()
        if door is not None and not door.is_free():
            locked = sqlite3.OperationalError("database is locked")
            locked.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise locked
        return connection.db


class _Connection:
    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db

    async def close(self) -> None:
        self.db.close()


async def _nothing() -> None: ...


def running_loop() -> Loop:
    return cast(Loop, asyncio.get_running_loop())
