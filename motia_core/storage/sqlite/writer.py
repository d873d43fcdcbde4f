"""All writing to one file: callers hand in functions, and whatever has come by the time the last commit is through
becomes the next transaction. One fsync then serves many callers (docs/decisions/0004-store-threads.md).

Owns the writing connection and its thread, which runs each batch as one function. Never runs SQL of its own beyond the
frame of a transaction. What is handed in must be repeatable: it may run twice before its commit, never after it.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, Literal, TypeVar, cast

import aiosqlite

from motia_core.errors import StoreUnavailable
from motia_core.storage.sqlite.faults import ends_batch, translated, unavailable
from motia_core.storage.sqlite.transaction import Transaction, Work

T = TypeVar("T")
Sync = Literal["FULL", "NORMAL", "OFF"]
Result = tuple[bool, Any]
"""Whether it worked, and what came of it: a value or an error."""

_LENT = 0.000_5
_LOANS = 10


class _Item(Generic[T]):
    __slots__ = ("answer", "full", "work")

    def __init__(self, work: Work[T], full: bool, answer: asyncio.Future[T]) -> None:
        self.work, self.full, self.answer = work, full, answer

    def resolve(self, result: Result) -> None:
        """A caller that was cancelled does not wait any more."""
        if self.answer.done():
            return
        worked, value = result
        if worked:
            self.answer.set_result(value)
        else:
            self.answer.set_exception(value)


class Writer:
    """The queue and the task that empties it. The work of a cancelled caller is still done."""

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
                try:
                    results = await self._commit(batch)
                except Exception as error:
                    results = [(False, translated(error, self._where)) for _ in batch]
                for item, result in zip(batch, results, strict=True):
                    item.resolve(result)
            if self._closed:
                return

    async def _commit(self, batch: list[_Item[Any]]) -> Sequence[Result]:
        """Lends the interpreter to the writing thread until its statements are through. Each of them lets go of the
        interpreter lock, and beside a busy loop each would wait long to get it back. The wait for the disk comes
        after, with the loop free; a thread that is still not through is waiting for something else."""
        over = threading.Event()
        answer = asyncio.ensure_future(submit(self._connection, lambda db: self._run_batch(db, batch, over)))
        await asyncio.sleep(0)
        for _ in range(_LOANS):
            if over.wait(_LENT):
                break
            await asyncio.sleep(0)
        return await answer

    def _run_batch(self, db: sqlite3.Connection, batch: list[_Item[Any]], over: threading.Event) -> list[Result]:
        """On the connection's thread: one transaction."""
        full = any(item.full for item in batch)
        try:
            sync = self._sync[full]
            if sync != self._sync_now:
                db.execute(f"PRAGMA synchronous = {sync}")
                self._sync_now = sync
            return self._attempt(db, batch, over if full else None)
        except _Tangled:
            return self._attempt(db, batch, over if full else None, apart=True)
        finally:
            over.set()

    def _attempt(
        self, db: sqlite3.Connection, batch: list[_Item[Any]], over: threading.Event | None, *, apart: bool = False
    ) -> list[Result]:
        try:
            db.execute("BEGIN IMMEDIATE")
            transaction = Transaction(db)
            results = [self._run_item(transaction, item, apart) for item in batch]
            transaction.flush()
            if over is not None:
                over.set()
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                with contextlib.suppress(sqlite3.Error):
                    db.execute("ROLLBACK")
            raise
        return results

    def _run_item(self, transaction: Transaction, item: _Item[Any], apart: bool) -> Result:
        changes = transaction.db.total_changes
        try:
            return True, transaction.apart(item.work) if apart else item.work(transaction)
        except Exception as error:
            if ends_batch(error):
                raise
            if not apart and transaction.db.total_changes != changes:
                raise _Tangled from error
            return False, translated(error, self._where)


class _Tangled(Exception):
    """An item failed half way among others: the batch must be run again with each one apart, which costs two more
    statements each and is therefore not done at first."""


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
        return await aiosqlite.connect(path, timeout=timeout, isolation_level=None, cached_statements=256)
    except sqlite3.Error as error:
        raise unavailable(error, where) from None
