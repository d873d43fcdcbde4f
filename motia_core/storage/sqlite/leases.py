"""Rights that one server holds at a time. A tick is on the disk before it is taken: no power cut fires it twice."""

from __future__ import annotations

from motia_core.storage.sqlite.database import Database
from motia_core.storage.sqlite.queries import load

_SQL = load("leases")


class Leases:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def acquire(self, name: str, *, owner: str, now: int, until: int) -> bool:
        parameters = {"name": name, "owner": owner, "now": now, "until": until}
        return await self._database.write(lambda tx: tx.db.execute(_SQL["acquire"], parameters).rowcount == 1)

    async def renew(self, name: str, *, owner: str, until: int) -> bool:
        return await self._database.write(lambda tx: tx.execute(_SQL["renew"], (until, name, owner)).rowcount == 1)

    async def release(self, name: str, *, owner: str) -> None:
        await self._database.write(lambda tx: tx.execute(_SQL["release"], (name, owner)).rowcount)

    async def last_tick(self, name: str) -> int | None:
        rows = await self._database.look(_SQL["last_tick"], (name,))
        return rows[0][0] if rows else None

    async def take_tick(self, name: str, tick: int) -> bool:
        return await self._database.write(
            lambda tx: tx.execute(_SQL["take_tick"], (name, tick)).rowcount == 1, full=True
        )
