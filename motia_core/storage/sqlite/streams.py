"""Streams as values: each stream is a space of its own in the table of `state.py`, and what changes there is news."""

from __future__ import annotations

import sqlite3

from motia_core.storage.base import Item
from motia_core.storage.sqlite.changes import changed, space
from motia_core.storage.sqlite.database import Database
from motia_core.storage.sqlite.queries import load
from motia_core.storage.sqlite.state import State

_SQL = load("entries")
_NO_LIMIT = -1


class Stream(State):
    """One of them; see `items.StreamStore`."""

    async def send(self, group: str, key: str | None, data: bytes, *, now: int) -> None:
        await self._database.write(lambda tx: changed(tx, self._space, group, key, "event", data, now))

    async def pass_over(self, stamp: int) -> None:
        await self._database.write(lambda tx: tx.execute(_SQL["pass_over"], (stamp,)).rowcount)

    async def page(self, group: str, *, now: int, offset: int, limit: int | None) -> list[Item]:
        part = (self._space, group, now, _NO_LIMIT if limit is None else limit, offset)
        rows = await self._database.rows(_SQL["page"], part)
        return [Item(key, value, str(version)) for key, value, version in rows]

    async def snapshot(self, group: str, key: str | None = None, *, now: int) -> tuple[list[Item], int]:
        def look(db: sqlite3.Connection) -> tuple[list[Item], int]:
            db.execute("BEGIN")  # so that both are of one moment
            try:
                stamp: int = db.execute(_SQL["stamp"]).fetchone()[0]
                if key is None:
                    rows = db.execute(_SQL["group"], (self._space, group, now)).fetchall()
                else:
                    found = db.execute(_SQL["read"], (self._space, group, key, now)).fetchall()
                    rows = [(key, value, version) for value, version in found]
            finally:
                db.execute("COMMIT")
            return [Item(name, value, str(version)) for name, value, version in rows], stamp

        return await self._database.read(look)


class Streams:
    """The streams that hold anything, and each of them by name."""

    def __init__(self, database: Database, *, full: bool) -> None:
        self._database = database
        self._full = full

    def open(self, name: str) -> Stream:
        return Stream(self._database, space=space(name), full=self._full)

    async def names(self) -> list[str]:
        return [row[0][1:] for row in await self._database.rows(_SQL["spaces"]) if row[0]]
