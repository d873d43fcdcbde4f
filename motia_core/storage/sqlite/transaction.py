"""What a piece of writing work is given. Begins and ends nothing: `writer.py` draws the frame around it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from typing import TypeVar

from motia_core.storage.items import Kind

T = TypeVar("T")
News = tuple[int, str, str, str | None, Kind, bytes]
"""When it happened, stream, group, id or None, what, and the item or event."""


class Transaction:
    """The connection, numbers that never repeat, how many deliveries are pending, and what is to be told of it all once
    it is committed (`news`: what happened in streams, with the time of each)."""

    def __init__(self, db: sqlite3.Connection, versions: Iterator[int]) -> None:
        self.db = db
        self.version = versions.__next__
        self.execute = db.execute
        self.news: list[News] = []
        self._stored: tuple[int, int] | None = None
        self._sequence = 0
        self._pending = 0

    def next(self) -> int:
        """An id: larger than any given before, in any process."""
        if self._stored is None:
            self._load()
        self._sequence += 1
        return self._sequence

    @property
    def pending(self) -> int:
        """Deliveries that wait or are blocked."""
        if self._stored is None:
            self._load()
        return self._pending

    @pending.setter
    def pending(self, value: int) -> None:
        self._pending = value

    def flush(self) -> None:
        """Writes the counters once, however often they were used."""
        now = (self._sequence, self._pending)
        if self._stored is not None and self._stored != now:
            self.execute("UPDATE counters SET sequence = ?, pending = ?", now)

    def apart(self, work: Work[T]) -> T:
        """What `work` returns; if it raises, all it did is undone. Numbers it took are not given again."""
        loaded, pending, told = self._stored is not None, self._pending, len(self.news)
        self.execute("SAVEPOINT work")
        try:
            result = work(self)
        except BaseException:
            # A full disk and the like end the whole transaction by themselves, and the savepoint with it.
            if self.db.in_transaction:
                self.execute("ROLLBACK TO work")
                self.execute("RELEASE work")
            if self._stored is not None:
                self._pending = pending if loaded else self._stored[1]
            del self.news[told:]
            raise
        self.execute("RELEASE work")
        return result

    def _load(self) -> None:
        self._sequence, self._pending = self._stored = self.execute("SELECT sequence, pending FROM counters").fetchone()


Work = Callable[[Transaction], T]
