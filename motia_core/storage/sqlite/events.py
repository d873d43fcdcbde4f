"""The event store: each promise of `base.EventStore` as one write of `deliveries.py`, or one read.

Decides how durable each write is, and nothing else.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Raw

from motia_core.model import DeadLetter, Delivery, Failure
from motia_core.storage.base import Backlog, Died, Emission, Emitted, Took
from motia_core.storage.scopes import delivery_of, finished
from motia_core.storage.sqlite import deliveries
from motia_core.storage.sqlite.database import Database
from motia_core.storage.sqlite.deliveries import SQL, ids_json
from motia_core.storage.sqlite.transaction import Transaction, Work

_FAILURE = msgspec.json.Decoder(Failure)
_BITE = 500
_FEW_STEPS = 100


def _written(failure: Failure | None) -> bytes | None:
    return None if failure is None else msgspec.json.encode(failure)


class Events:
    """`full` is the durability of what must not be lost; claims and acknowledgements never wait for the disk."""

    def __init__(self, database: Database, *, full: bool) -> None:
        self._database = database
        self._full = full

    async def put(self, emissions: Sequence[Emission], *, limit: int) -> list[Emitted]:
        return await self._database.write_among(deliveries.PUTS, (emissions, limit), full=self._full)

    async def claim(
        self,
        room: dict[str, int],
        *,
        owner: str,
        now: int,
        lease: int,
        limit: int,
        most: Mapping[str, int] | None = None,
    ) -> list[Delivery]:
        return await self._database.write(
            lambda tx: deliveries.claim(tx, room, owner=owner, now=now, lease=lease, limit=limit, most=most or {})
        )

    async def renew(self, ids: Sequence[int], *, owner: str, lease: int) -> list[int]:
        parameters = {"ids": ids_json(ids), "owner": owner, "lease": lease}
        held = await self._database.write(lambda tx: tx.db.execute(SQL["renew"], parameters).fetchall())
        kept = {row[0] for row in held}
        return [id for id in ids if id not in kept]

    async def ack(self, ids: Sequence[int], *, owner: str) -> None:
        await self._database.write_among(deliveries.ACKS, (ids, owner))

    async def begin(self, id: int, *, owner: str) -> None:
        await self._database.write(lambda tx: tx.db.execute(SQL["begin"], (id, owner)).rowcount)

    async def retry(self, id: int, *, owner: str, due: int, failure: Failure, died: Died | None = None) -> None:
        def work(tx: Transaction) -> None:
            parameters = {"due": due, "failure": _written(failure), "died": died, "id": id, "owner": owner}
            tx.pending += tx.db.execute(SQL["retry"], parameters).rowcount

        await self._database.write(work)

    async def release(self, ids: Sequence[int], *, owner: str, uncount: bool = True) -> None:
        def work(tx: Transaction) -> None:
            parameters = {"ids": ids_json(ids), "owner": owner, "uncount": int(uncount)}
            tx.pending += tx.db.execute(SQL["release"], parameters).rowcount

        await self._database.write(work)

    async def bury(self, id: int, *, owner: str, reason: str, failure: Failure | None, now: int) -> None:
        written = _written(failure)
        await self._database.write(
            lambda tx: deliveries.bury(tx, id, owner=owner, reason=reason, failure=written, now=now), full=self._full
        )

    async def due(self, steps: Sequence[str]) -> int | None:
        names = msgspec.json.encode(list(steps)).decode()
        ask = self._database.look if len(steps) <= _FEW_STEPS else self._database.rows
        rows = await ask(SQL["due"], (names,))
        return None if rows[0][0] is None else int(rows[0][0])

    async def backlog(self, *, now: int) -> list[Backlog]:
        return await self._database.read(lambda db: _backlog(db, now))

    async def dead(self, *, step: str | None = None, limit: int = 100, after: int = 0) -> list[DeadLetter]:
        if step is None:
            rows = await self._database.rows(SQL["dead"], (after, limit))
        else:
            rows = await self._database.rows(SQL["dead_of_step"], (step, after, limit))
        return [
            DeadLetter(
                id=row[0],
                step=row[1],
                topic=row[2],
                data=Raw(row[3]),
                trace_id=row[4],
                flows=deliveries.flows(row[5]),
                group=row[6],
                attempts=row[7],
                reason=row[8],
                failure=None if row[9] is None else _FAILURE.decode(row[9]),
                created=row[10],
                buried=row[11],
            )
            for row in rows
        ]

    async def redrive(self, ids: Sequence[int], *, now: int) -> int:
        return await self._database.write(lambda tx: deliveries.redrive(tx, ids, now), full=self._full)

    async def discard(self, ids: Sequence[int]) -> int:
        return await self._database.write(lambda tx: deliveries.discard(tx, ids), full=self._full)

    async def redirect(self, step: str, to: str, *, fifo: bool, now: int) -> int:
        return await self._in_bites(
            lambda tx: deliveries.redirect(tx, step, to, fifo=fifo, now=now, limit=_BITE), full=self._full
        )

    async def drop(self, step: str) -> int:
        return await self._in_bites(lambda tx: deliveries.drop(tx, step, _BITE), full=self._full)

    async def newest(self) -> int:
        return int((await self._database.look(SQL["newest"]))[0][0])

    async def of_trace(self, trace_id: str, *, after: int) -> dict[str, int]:
        return dict(await self._database.rows(SQL["of_trace"], (after, trace_id)))

    async def tick(self, name: str, tick: int, emission: Emission | None, *, now: int) -> Took:
        return await self._database.write(
            lambda tx: deliveries.take_tick(tx, name, tick, emission, now), full=self._full
        )

    async def last_tick(self, name: str) -> int | None:
        rows = await self._database.look(SQL["last_tick"], (name,))
        return rows[0][0] if rows else None

    async def hurry(self, step: str, *, now: int) -> int:
        parameters = {"step": step, "now": now}
        return await self._database.write(lambda tx: tx.db.execute(SQL["hurry"], parameters).rowcount)

    async def prune(self, *, dead_before: int, dedup_before: int) -> int:
        total: int = await self._database.write(lambda tx: tx.execute(SQL["prune_once"], (dead_before,)).rowcount)
        total += await self._in_bites(lambda tx: deliveries.prune_dead(tx, dead_before, _BITE))
        return total + await self._in_bites(
            lambda tx: tx.execute(SQL["prune_emit_ids"], (dedup_before, _BITE)).rowcount
        )

    async def _in_bites(self, work: Work[int], *, full: bool = False) -> int:
        """In small transactions until nothing is left to do, so that others get their turn."""
        total = 0
        while bite := await self._database.write(work, full=full):
            total += bite
        return total

    async def once_get(self, scope: str, key: str) -> bytes | None:
        rows = await self._database.look(SQL["once_get"], (scope, key))
        if rows:
            return bytes(rows[0][0])
        id = delivery_of(scope)
        if id is not None and (await self._database.look(SQL["finished"], (id, id)))[0][0]:
            raise finished(id)
        return None

    async def once_put(self, scope: str, key: str, value: bytes, *, now: int) -> bytes:
        def work(tx: Transaction) -> bytes:
            deliveries.check_scope(tx, scope)
            return deliveries.remember_once(tx, scope, key, value, now)

        return await self._database.write(work, full=self._full)


def _backlog(db: sqlite3.Connection, now: int) -> list[Backlog]:
    db.execute("BEGIN")
    try:
        found: dict[str, dict[str, int]] = {}
        first: dict[str, int] = {}
        for step, count, delayed, id in db.execute(SQL["backlog_waiting"], (now,)).fetchall():
            found[step] = {"ready": count - delayed, "delayed": delayed}
            first[step] = id
        for step, count, id in db.execute(SQL["backlog_blocked"]).fetchall():
            found.setdefault(step, {})["blocked"] = count
            first[step] = min(id, first.get(step, id))
        for name in ("claimed", "dead"):
            for step, count in db.execute(SQL[f"backlog_{name}"]).fetchall():
                found.setdefault(step, {})["running" if name == "claimed" else name] = count
        oldest = {step: db.execute(SQL["created"], (id,)).fetchone()[0] for step, id in first.items()}
    finally:
        db.execute("COMMIT")
    return [Backlog(step=step, oldest=oldest.get(step), **found[step]) for step in sorted(found)]
