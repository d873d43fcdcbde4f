"""The index of words over recorded rows: kept up behind the writers' backs, asked part by part.

Rows are indexed some time after they were written, many in one statement: while requests are served that costs nothing
but a place in the queue of the writing thread. `docs/decisions/` has the figures.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from motia_core.errors import StoreUnavailable
from motia_core.storage.sqlite.queries import load
from motia_core.storage.sqlite.transaction import Transaction
from motia_core.storage.words import may_go_on, words

_SQL = load("words")
_SHIFT = 14
BITE = 4000
"""Rows indexed in one transaction."""


class Words:
    """Over the table `what`: `spans` or `logs`. Numbers only grow."""

    def __init__(self, what: str) -> None:
        self._what = what

    def behind(self, db: sqlite3.Connection) -> int:
        """Rows not yet indexed."""
        return max(0, self._last(db) - self._done(db))

    def index(self, tx: Transaction, most: int = BITE) -> int:
        """Indexes the next rows; returns how many are left."""
        done, last = self._done(tx.db), self._last(tx.db)
        if done >= last:
            return 0
        first = self._first(tx.db)
        done = max(done, last if first is None else first - 1)
        part = (done + 1) >> _SHIFT
        end = min(last, done + most, ((part + 1) << _SHIFT) - 1)
        table = f"{self._what}_words_{part}"
        if part not in self._parts(tx.db):
            try:
                tx.execute(_SQL["create"].format(table=table))
            except sqlite3.OperationalError as error:
                if "no such module" in str(error):
                    raise StoreUnavailable(
                        "this SQLite cannot search texts: it was built without FTS5",
                        hint="install Motia under an interpreter whose SQLite has FTS5",
                    ) from None
                raise
            tx.execute(_SQL["add_part"], (self._what, part))
        tx.execute(_SQL[f"index_{self._what}"].format(table=table), (done, end))
        tx.execute(_SQL["set_done"], (end, self._what))
        return last - end

    def forget(self, tx: Transaction) -> None:
        """Drops the parts all of whose rows are gone."""
        first = self._first(tx.db)
        alive = (self._done(tx.db) if first is None else first) >> _SHIFT
        for part in self._parts(tx.db):
            if part < alive:
                tx.execute(_SQL["drop"].format(table=f"{self._what}_words_{part}"))
                tx.execute(_SQL["remove_part"], (self._what, part))

    def found(
        self,
        db: sqlite3.Connection,
        select: str,
        match: str,
        parameters: dict[str, object],
        *,
        low: int,
        high: int,
        newest: bool = True,
    ) -> Iterator[tuple[Any, ...]]:
        """The rows of `select` for each number in `low..high` that matches, in order; read as far as they are asked
        for."""
        parts = [part for part in self._parts(db) if low >> _SHIFT <= part <= high >> _SHIFT]
        for part in reversed(parts) if newest else parts:
            sql = select.format(table=f"{self._what}_words_{part}", order="DESC" if newest else "ASC")
            yield from db.execute(sql, {**parameters, "match": match, "low": low, "high": high})

    def _done(self, db: sqlite3.Connection) -> int:
        return int(db.execute(_SQL["done"], (self._what,)).fetchone()[0])

    def _last(self, db: sqlite3.Connection) -> int:
        return int(db.execute(_SQL["last"].format(what=self._what)).fetchone()[0])

    def _first(self, db: sqlite3.Connection) -> int | None:
        found = db.execute(_SQL["first"].format(what=self._what)).fetchone()[0]
        return None if found is None else int(found)

    def _parts(self, db: sqlite3.Connection) -> list[int]:
        return [int(row[0]) for row in db.execute(_SQL["parts"], (self._what,))]


def query(text: str | None, *tags: str | None) -> str | None:
    """What is asked of the index; None when nothing is. A text without words matches nothing."""
    wanted = [f'tags : "{tag}"' for tag in tags if tag]
    if text is not None:
        found = words(text)
        goes_on = " *" if found and may_go_on(found) else ""
        wanted.append(f'words : "{" ".join(found)}"{goes_on}')
    return " AND ".join(f"({one})" for one in wanted) or None


def step_tag(step: str | None) -> str | None:
    """A step's name as one word."""
    return None if step is None else "s" + step.encode("utf-8", "surrogatepass").hex()


def halved(db: sqlite3.Connection, sql: str, span: Sequence[int], wanted: int) -> int:
    """The first number in `span` whose value by `sql` is not below `wanted`; the values grow with the numbers."""
    low, high = span
    while low < high:
        middle = (low + high) // 2
        row = db.execute(sql, (middle,)).fetchone()
        if row is not None and row[0] < wanted:
            low = middle + 1
        else:
            high = middle
    return low
