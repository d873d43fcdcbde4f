"""All writing to one file: callers hand in work, and whatever has come by the time the last commit is through becomes
the next transaction. One fsync then serves many callers (docs/decisions/0004-store-threads.md).

Owns the writing connection and its thread, which runs each batch as one function. Never runs SQL of its own beyond the
frame of a transaction. Work must be repeatable: it may run twice before its commit, never after it.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterator
from typing import Any, Literal, Protocol, TypeVar

import aiosqlite

from motia_core.errors import StoreUnavailable
from motia_core.metrics.histogram import Histogram
from motia_core.storage.sqlite import thread
from motia_core.storage.sqlite.batch import Item, Kind, Result, arranged, pages_of
from motia_core.storage.sqlite.faults import code, ends_batch, translated
from motia_core.storage.sqlite.thread import bare, run_through
from motia_core.storage.sqlite.transaction import Transaction, Work

T = TypeVar("T")
A = TypeVar("A")
Sync = Literal["FULL", "NORMAL", "OFF"]
CHECKPOINT_PAGES = 4000
"""So many pages in the write-ahead log are taken over into the file."""
_FEW = 400
"""Pages that a batch may change on the loop: well under a millisecond."""
_UNCHECKED = CHECKPOINT_PAGES
"""Pages that the loop may have changed since the thread last looked whether a checkpoint is due."""


class Outbox(Protocol):
    """Who carries what transactions tell of themselves."""

    def post(self, transaction: Transaction) -> tuple[list[bytes], bool]:
        """Last in a transaction that has news, on its thread: the messages, and whether they were written into it."""

    def committed(self, news: list[bytes], posted: bool) -> None:
        """After the commit, on the loop, before any caller is answered; in the order of commits."""


class Writer:
    """The queue and the task that empties it. The work of a cancelled caller is still done."""

    def __init__(
        self,
        connection: aiosqlite.Connection,
        where: str,
        *,
        full: Sync,
        normal: Sync,
        versions: Iterator[int],
        patient: bool,
    ) -> None:
        self._connection = connection
        self._where = where
        self._sync: tuple[Sync, Sync] = (normal, full)
        self._sync_now: Sync | None = None
        self._versions = versions
        self._patient = patient
        self._here = False
        self._unchecked = 0
        self._items: list[Item[Any]] = []
        self._wake = asyncio.Event()
        self._closed = False
        self.took = Histogram()
        self.outbox: Outbox | None = None
        self._task = asyncio.create_task(self._serve(), name=f"writer of {where}")

    async def run(self, work: Work[T], *, full: bool, fixed: bool = False) -> T:
        """What `work` returns, after the commit; `full` = after it is on the disk. Its errors concern only itself."""
        return await self._hand_in(Item(self._answer(), full=full, fixed=fixed, work=work))

    async def run_among(self, kind: Kind[A, T], argument: A, *, full: bool) -> T:
        """The same for one argument of a kind, done together with others of that kind."""
        return await self._hand_in(Item(self._answer(), full=full, kind=kind, argument=argument))

    async def close(self) -> None:
        """Everything handed in is committed first."""
        self._closed = True
        self._wake.set()
        await self._task

    def _answer(self) -> asyncio.Future[Any]:
        return asyncio.get_running_loop().create_future()

    async def _hand_in(self, item: Item[T]) -> T:
        if self._closed:
            raise StoreUnavailable(f"the database {self._where} is closed")
        self._items.append(item)
        self._wake.set()
        return await item.answer

    async def _serve(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._items:
                batch, self._items = self._items, []
                if not self._commit_here(batch):
                    await self._commit(arranged(batch), full=any(item.full for item in batch))
            if self._closed:
                return

    def _commit_here(self, batch: list[Item[Any]]) -> bool:
        """Commits a small batch that need not reach the disk on the loop itself, where it is through before a thread
        would have woken; whether it did. What may have to wait goes to the thread: a lock, a large batch, and, after
        so many pages, the checkpoint."""
        pages = None if self._patient or any(item.full for item in batch) else pages_of(batch)
        if pages is None or pages > _FEW or self._unchecked + pages > _UNCHECKED:
            return False
        groups, began = arranged(batch), time.perf_counter()
        try:
            db = bare(self._connection)
            if not self._here:
                db.execute("PRAGMA wal_autocheckpoint = 0").fetchone()
                self._here = True
            results, _, _ = self._run_batch(db, groups, None, patience=0)
        except sqlite3.Error as error:
            if code(error) == sqlite3.SQLITE_BUSY:
                return False
            results = [(False, translated(error, self._where)) for _ in batch]
        except Exception as error:
            results = [(False, translated(error, self._where)) for _ in batch]
        self._unchecked += pages
        self.took.add(time.perf_counter() - began)
        for item, result in zip((item for group in groups for item in group), results, strict=True):
            item.resolve(result)
        return True

    async def _commit(self, groups: list[list[Item[Any]]], *, full: bool) -> None:
        items = [item for group in groups for item in group]
        began = time.perf_counter()
        news, posted = list[bytes](), False
        try:
            results, news, posted = await run_through(
                self._connection,
                lambda db, waiting: self._run_in_thread(db, groups, waiting if full else None),
                patient=self._patient,
            )
        except Exception as error:
            results = [(False, translated(error, self._where)) for _ in items]
        self.took.add(time.perf_counter() - began)
        if news and self.outbox is not None:
            self.outbox.committed(news, posted)
        for item, result in zip(items, results, strict=True):
            item.resolve(result)

    def _run_in_thread(
        self, db: sqlite3.Connection, groups: list[list[Item[Any]]], waiting: Callable[[], None] | None
    ) -> tuple[list[Result], list[bytes], bool]:
        if self._here:
            db.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}").fetchone()
            self._here, self._unchecked = False, 0
        return self._run_batch(db, groups, waiting, patience=int(thread.LOCK_WAIT * 1000))

    def _run_batch(
        self,
        db: sqlite3.Connection,
        groups: list[list[Item[Any]]],
        waiting: Callable[[], None] | None,
        *,
        patience: int,
    ) -> tuple[list[Result], list[bytes], bool]:
        """One transaction, `waiting` for the disk at its end if it has to, after up to `patience` ms for the lock."""
        sync = self._sync[waiting is not None]
        if sync != self._sync_now:
            db.execute(f"PRAGMA synchronous = {sync}")
            self._sync_now = sync
        try:
            return self._attempt(
                db, waiting, patience, lambda tx: [one for group in groups for one in self._together(tx, group)]
            )
        except _Tangled:
            return self._attempt(
                db, waiting, patience, lambda tx: [self._apart(tx, item) for group in groups for item in group]
            )

    def _attempt(
        self, db: sqlite3.Connection, waiting: Callable[[], None] | None, patience: int, work: Work[list[Result]]
    ) -> tuple[list[Result], list[bytes], bool]:
        try:
            self._begin(db, patience)
            transaction = Transaction(db, self._versions)
            results = work(transaction)
            transaction.flush()
            news, posted = list[bytes](), False
            if transaction.news and self.outbox is not None:
                news, posted = self.outbox.post(transaction)
            if waiting is not None:
                waiting()
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                with contextlib.suppress(sqlite3.Error):
                    db.execute("ROLLBACK")
            raise
        return results, news, posted

    def _begin(self, db: sqlite3.Connection, patience: int) -> None:
        """Takes the lock, asking again every millisecond: SQLite's own waiting asks ever more seldom, and beside a busy
        server misses the moments between its transactions for a second and more."""
        for _ in range(patience):
            try:
                db.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if code(error) != sqlite3.SQLITE_BUSY:
                    raise
            time.sleep(0.001)
        db.execute("BEGIN IMMEDIATE")

    def _together(self, transaction: Transaction, group: list[Item[Any]]) -> list[Result]:
        changes, told = transaction.db.total_changes, len(transaction.news)
        first = group[0]
        try:
            if first.kind is None:
                return [(True, first.run(transaction))]
            return [(True, value) for value in first.kind.apply(transaction, [item.argument for item in group])]
        except Exception as error:
            if ends_batch(error):
                raise
            if len(group) > 1 or transaction.db.total_changes != changes:
                raise _Tangled from error
            del transaction.news[told:]
            return [(False, translated(error, self._where))]

    def _apart(self, transaction: Transaction, item: Item[Any]) -> Result:
        try:
            return True, transaction.apart(item.run)
        except Exception as error:
            if ends_batch(error):
                raise
            return False, translated(error, self._where)


class _Tangled(Exception):
    """A work failed half way among others. The batch is run again with a savepoint around each, which isolates the
    failing one; savepoints cost two more statements each and are therefore not made at first."""
