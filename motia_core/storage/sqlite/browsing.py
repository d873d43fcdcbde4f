"""Looking around in the database, on the reading connection's own thread; see `storage.browsing`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Raw

from motia_core.model import Failure
from motia_core.storage.browsing import Group, Kept, Queued, Standing
from motia_core.storage.sqlite.changes import space
from motia_core.storage.sqlite.database import Database
from motia_core.storage.sqlite.deliveries import flows, ids_json
from motia_core.storage.sqlite.queries import load
from motia_core.storage.sqlite.transaction import Transaction

_SQL = load("browsing")
_FAILURE = msgspec.json.Decoder(Failure)
_STATUS = {"waiting": "waiting", "delayed": "waiting", "running": "claimed", "blocked": "blocked"}


class Browsing:
    def __init__(self, database: Database, *, full: bool) -> None:
        self._database = database
        self._full = full

    async def deliveries(
        self,
        *,
        step: str | None = None,
        state: Standing | None = None,
        after: int = 0,
        limit: int = 100,
        longest: int = 2048,
        now: int,
    ) -> list[Queued]:
        parameters = {
            "step": step,
            "status": _STATUS[state] if state else None,
            "delayed": int(state == "delayed") if state in ("waiting", "delayed") else None,
            "after": after,
            "limit": limit,
            "longest": longest,
            "now": now,
        }
        rows = await self._database.read(lambda db: db.execute(_SQL["deliveries"], parameters).fetchall())
        return [_queued(row, now) for row in rows]

    async def delivery(self, id: int, *, now: int) -> Queued | None:
        rows = await self._database.rows(_SQL["delivery"], (id,))
        return _queued(rows[0], now) if rows else None

    async def hasten(self, ids: Sequence[int], *, now: int) -> int:
        parameters = {"ids": ids_json(ids), "now": now}
        return await self._database.write(lambda tx: tx.db.execute(_SQL["hasten"], parameters).rowcount)

    async def drop(self, ids: Sequence[int]) -> int:
        def work(tx: Transaction) -> int:
            count = sum(tx.execute(_SQL["drop"], (id,)).rowcount for id in sorted(set(ids)))
            tx.pending -= count
            return count

        return await self._database.write(work, full=self._full)

    async def values(
        self,
        *,
        stream: str | None = None,
        group: str | None = None,
        after: tuple[str, str] | None = None,
        limit: int = 100,
        longest: int = 2048,
        now: int,
    ) -> list[Kept]:
        start = ("", "") if after is None else after
        parameters = {
            "space": _space(stream),
            "group": start[0] if group is None else group,
            "key": start[1],
            "limit": limit,
            "longest": longest,
            "now": now,
        }
        query = _SQL["values" if group is None else "values_of"].format(than=">=" if after is None else ">")
        rows = await self._database.read(lambda db: db.execute(query, parameters).fetchall())
        return [Kept(group=row[0], key=row[1], value=row[2], size=row[3], expires=row[4]) for row in rows]

    async def value(self, group: str, key: str, *, stream: str | None = None, now: int) -> Kept | None:
        rows = await self._database.rows(_SQL["value"], (_space(stream), group, key, now))
        return Kept(group=group, key=key, value=rows[0][0], size=rows[0][1], expires=rows[0][2]) if rows else None

    async def groups(self, *, stream: str | None = None, after: str = "", limit: int = 100, now: int) -> list[Group]:
        parameters = {"space": _space(stream), "after": after, "limit": limit, "now": now}
        rows = await self._database.read(lambda db: db.execute(_SQL["groups"], parameters).fetchall())
        return [Group(name=name, count=count, size=size) for name, count, size in rows]

    async def group(self, name: str, *, stream: str | None = None, now: int) -> Group | None:
        parameters = {"space": _space(stream), "name": name, "now": now}
        rows = await self._database.read(lambda db: db.execute(_SQL["group"], parameters).fetchall())
        count, size = rows[0]
        return Group(name=name, count=count, size=size) if count else None


def _space(stream: str | None) -> str:
    return "" if stream is None else space(stream)


def _queued(row: tuple[Any, ...], now: int) -> Queued:
    status, due = row[2], row[3]
    state: Standing = "delayed" if due > now else "waiting"
    if status != "waiting":
        state = "running" if status == "claimed" else "blocked"
    return Queued(
        id=row[0],
        step=row[1],
        state=state,
        due=due,
        attempt=row[4],
        lease=row[5],
        failure=None if row[6] is None else _FAILURE.decode(row[6]),
        topic=row[7],
        data=None if row[8] is None else Raw(row[8]),
        size=row[9],
        trace_id=row[10],
        flows=flows(row[11]),
        group=row[12],
        created=row[13],
    )
