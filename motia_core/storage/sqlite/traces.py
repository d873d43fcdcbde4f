"""Spans and logs, in a file of their own beside the database: they are many, and a power cut may take the last of them.

Knows nothing of who watches. A damaged file is put aside and a new one begun: nothing else depends on it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import msgspec

from motia_core.clock import Clock
from motia_core.model import LogRecord, Span
from motia_core.storage.base import LEVELS
from motia_core.storage.sqlite.database import Database, open_database
from motia_core.storage.sqlite.faults import is_damaged
from motia_core.storage.sqlite.queries import load
from motia_core.storage.sqlite.stored import read_span
from motia_core.storage.sqlite.transaction import Transaction

_SQL = load("traces")
_LOG = msgspec.json.Decoder(LogRecord)
_NEVER = 2**62


async def open_traces(path: Path, clock: Clock) -> Traces:
    try:
        database = await open_database(
            path, schema="schema_traces", full="OFF", normal="OFF", clock=clock, patient=True
        )
    except Exception as error:
        if not is_damaged(error):
            raise
        for suffix in ("", "-wal", "-shm"):
            file = path.with_name(path.name + suffix)
            if file.exists():
                file.replace(path.with_name(f"{path.name}.damaged{suffix}"))
        database = await open_database(
            path, schema="schema_traces", full="OFF", normal="OFF", clock=clock, patient=True
        )
    return Traces(database)


class Traces:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, spans: Sequence[Span], logs: Sequence[LogRecord]) -> None:
        written_spans = msgspec.json.encode(spans).decode() if spans else None
        written_logs = msgspec.json.encode(logs).decode() if logs else None

        def work(tx: Transaction) -> None:
            if written_spans is not None:
                tx.execute(_SQL["add_spans"], (written_spans,))
            if written_logs is not None:
                tx.execute(_SQL["add_logs"], (written_logs,))

        await self._database.write(work)

    async def traces(self, *, limit: int = 50, before: int | None = None, step: str | None = None) -> list[Span]:
        parameters = {"before": _NEVER if before is None else before, "step": step}

        def work(db: sqlite3.Connection) -> list[Span]:
            wanted: dict[str, None] = {}
            for row in db.execute(_SQL["began"], parameters):
                wanted[row[0]] = None
                if len(wanted) == limit:
                    break
            return [_spans(db, trace_id)[0] for trace_id in wanted]

        return await self._database.read(work)

    async def trace(self, trace_id: str) -> list[Span]:
        return await self._database.read(lambda db: _spans(db, trace_id))

    async def logs(
        self,
        *,
        limit: int = 200,
        after: int = 0,
        trace_id: str | None = None,
        step: str | None = None,
        level: str | None = None,
        newest: bool = True,
    ) -> list[tuple[int, LogRecord]]:
        sql = _SQL[f"logs_{'newest' if newest else 'first'}{'' if trace_id is None else '_of_trace'}"]
        parameters: dict[str, object] = {
            "limit": limit,
            "after": after,
            "step": step,
            "level": LEVELS.get(level or "", 0),
        }
        if trace_id is not None:
            parameters["trace"] = trace_id
        rows = await self._database.read(lambda db: db.execute(sql, parameters).fetchall())
        found = [(row[0], _LOG.decode(row[1])) for row in rows]
        return found[::-1] if newest else found

    async def prune(self, *, max_spans: int, max_logs: int, before: int) -> int:
        def spans(tx: Transaction) -> int:
            removed: int = tx.execute(_SQL["prune_old_spans"], (before,)).rowcount
            excess: int = tx.execute(_SQL["count_spans"]).fetchone()[0] - max_spans
            if excess > 0:
                tx.execute(_SQL["prune_spans"], (excess,))
            return removed + max(0, excess)

        def logs(tx: Transaction) -> int:
            removed: int = tx.execute(_SQL["prune_old_logs"], (before,)).rowcount
            excess: int = tx.execute(_SQL["count_logs"]).fetchone()[0] - max_logs
            if excess > 0:
                tx.execute(_SQL["prune_logs"], (excess,))
            return removed + max(0, excess)

        return await self._database.write(spans) + await self._database.write(logs)

    async def close(self) -> None:
        await self._database.close()


def _spans(db: sqlite3.Connection, trace_id: str) -> list[Span]:
    """By start; of a span written twice, the later."""
    found = {span.id: span for (body,) in db.execute(_SQL["trace"], (trace_id,)) for span in (read_span(body),)}
    return sorted(found.values(), key=lambda span: span.start)
