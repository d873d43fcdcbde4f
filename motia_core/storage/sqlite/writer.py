"""All writing to one file: callers hand in functions, and whatever has come by the time the last commit is through
becomes the next transaction. One fsync then serves many callers (docs/decisions/0004-store-threads.md).

Owns the writing connection and its thread, which runs each batch as one function. Never runs SQL of its own beyond the
frame of a transaction.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Literal, TypeVar, cast

import aiosqlite

from motia_core.errors import StoreUnavailable
from motia_core.storage.sqlite.faults import ends_batch, translated, unavailable

T = TypeVar("T")
Sync = Literal["FULL", "NORMAL", "OFF"]


class Transaction:
    """What a write is given: the connection, ids that never repeat, and the number of pending deliveries."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self.execute = db.execute
        self._counters: tuple[int, int] | None = None
        self._sequence = 0
        self._pending = 0

    def next(self) -> int:
        """A number never given before, in any process: an id or a version."""
        self._load()
        self._sequence += 1
        return self._sequence

    @property
    def pending(self) -> int:
        """Deliveries that wait or are blocked."""
        self._load()
        return self._pending

    @pending.setter
    def pending(self, value: int) -> None:
        self._pending = value

    def mark(self) -> int | None:
        """What `back` needs if the work from here on is undone. Numbers given out stay given."""
        return None if self._counters is None else self._pending

    def back(self, mark: int | None) -> None:
        if self._counters is not None:
            self._pending = self._counters[1] if mark is None else mark

    def flush(self) -> None:
        """Writes the counters once, however often they were used."""
        if self._counters is None:
            return
        sequence, pending = self._counters
        if sequence != self._sequence:
            self.execute("UPDATE counters SET value = ? WHERE name = 'sequence'", (self._sequence,))
        if pending != self._pending:
            self.execute("UPDATE counters SET value = ? WHERE name = 'pending'", (self._pending,))

    def _load(self) -> None:
        if self._counters is None:
            found = dict(self.execute("SELECT name, value FROM counters").fetchall())
            self._counters = (found["sequence"], found["pending"])
            self._sequence, self._pending = self._counters


Work = Callable[[Transaction], T]


class _Item(Generic[T]):
    __slots__ = ("answer", "full", "work")

    def __init__(self, work: Work[T], full: bool, answer: asyncio.Future[T]) -> None:
        self.work, self.full, self.answer = work, full, answer


class Writer:
    """The queue and the task that empties it. A caller that is cancelled stops waiting; its work is still done."""

    def __init__(self, connection: aiosqlite.Connection, where: str, *, full: Sync, normal: Sync) -> None:
        self._connection = connection
        self._where = where
        self._sync: tuple[Sync, Sync] = (normal, full)
        self._sync_now: Sync | None = None
        self._items: list[_Item[Any]] = []
        self._wake = asyncio.Event()
        self._closed = False
        self._task = asyncio.create_task(self._serve(), name=f"writer of {where}")

    async def run(self, work: Work[T], *, full: bool) -> T:
        """What `work` returns, after the commit; `full` = after it is on the disk. Its errors concern only itself."""
        if self._closed:
            raise StoreUnavailable(f"the database {self._where} is closed")
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._items.append(_Item(work, full, answer))
        self._wake.set()
        return await answer

    async def close(self) -> None:
        """Everything handed in is committed first."""
        self._closed = True
        self._wake.set()
        await self._task

    async def _serve(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._items:
                batch, self._items = self._items, []
                await self._commit(batch)
            if self._closed:
                return

    async def _commit(self, batch: list[_Item[Any]]) -> None:
        try:
            results = await submit(self._connection, lambda db: self._run_batch(db, batch))
        except BaseException as error:
            failure = translated(error, self._where)
            results = [(False, failure)] * len(batch)
        for item, (worked, result) in zip(batch, results, strict=True):
            if item.answer.done():
                continue
            if worked:
                item.answer.set_result(result)
            else:
                item.answer.set_exception(cast(BaseException, result))

    def _run_batch(self, db: sqlite3.Connection, batch: list[_Item[Any]]) -> list[tuple[bool, object]]:
        """On the connection's thread: one transaction, one savepoint for each item."""
        sync = self._sync[any(item.full for item in batch)]
        if sync != self._sync_now:
            db.execute(f"PRAGMA synchronous = {sync}")
            self._sync_now = sync
        try:
            db.execute("BEGIN IMMEDIATE")
            transaction = Transaction(db)
            results = [self._run_item(transaction, item) for item in batch]
            transaction.flush()
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                with contextlib.suppress(sqlite3.Error):
                    db.execute("ROLLBACK")
            raise
        return results

    def _run_item(self, transaction: Transaction, item: _Item[Any]) -> tuple[bool, object]:
        execute = transaction.execute
        mark = transaction.mark()
        execute("SAVEPOINT item")
        try:
            result = item.work(transaction)
        except Exception as error:
            if ends_batch(error):
                raise
            execute("ROLLBACK TO item")
            execute("RELEASE item")
            transaction.back(mark)
            return False, translated(error, self._where)
        execute("RELEASE item")
        return True, result


async def submit(connection: aiosqlite.Connection, function: Callable[[sqlite3.Connection], T]) -> T:
    """Runs `function` on the connection's own thread. aiosqlite has no public way to do so: this is the one place."""
    execute = cast(Callable[..., Awaitable[T]], connection._execute)
    try:
        return await execute(function, connection._conn)
    except ValueError as error:
        raise StoreUnavailable(f"the database is closed: {error}") from None


async def connect(path: str, where: str, *, timeout: float) -> aiosqlite.Connection:
    """A connection in autocommit mode: transactions are ours to begin. `timeout` = how long to wait for a lock (s)."""
    try:
        connector = aiosqlite.connect(path, timeout=timeout, isolation_level=None, cached_statements=256)
        return await connector
    except sqlite3.Error as error:
        raise unavailable(error, where) from None
