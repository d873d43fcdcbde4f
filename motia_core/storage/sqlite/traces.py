"""Spans, logs and inputs, in a file of their own beside the database: they are many, and a power cut may take the last
of them.

Knows nothing of who watches; searches are in `search.py`. A damaged file is put aside and a new one begun: nothing else
depends on it.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import msgspec

from motia_core.clock import Clock
from motia_core.model import LogRecord, Span
from motia_core.storage.history import Bounds, Held, KeptInput, Trace
from motia_core.storage.sqlite import inputs as kept_inputs
from motia_core.storage.sqlite import search
from motia_core.storage.sqlite.database import Database, open_database
from motia_core.storage.sqlite.faults import is_damaged
from motia_core.storage.sqlite.queries import load
from motia_core.storage.sqlite.rows import LOGS, SPANS
from motia_core.storage.sqlite.search import FIELDS, SPAN
from motia_core.storage.sqlite.transaction import Transaction
from motia_core.storage.sqlite.words import BITE, Words
from motia_core.storage.summary import lost

_SQL = load("traces")
_encode = msgspec.json.Encoder().encode
_LAZY = BITE // 2
"""Rows that may wait for their words to be indexed while nobody searches."""
_REMOVED = 2000
"""Rows removed in one transaction, so that recording gets its turn."""
_SLACK = 0.05
_SPARE = 1.25


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
        self.took = database.took
        self._span_words, self._log_words = Words("spans"), Words("logs")
        self._settled = False
        self._adding: set[asyncio.Task[None]] = set()

    async def add(
        self, spans: Sequence[Span], logs: Sequence[LogRecord], inputs: Sequence[KeptInput] = (), *, now: int = 0
    ) -> None:
        # Who waits may leave meanwhile, a request that wanted to see the newest say: it is written all the same.
        adding = asyncio.ensure_future(self._add(spans, logs, inputs, now))
        self._adding.add(adding)
        adding.add_done_callback(self._adding.discard)
        await asyncio.shield(adding)

    async def _add(
        self, spans: Sequence[Span], logs: Sequence[LogRecord], inputs: Sequence[KeptInput], now: int
    ) -> None:
        running = [span for span in spans if span.status == "running"]
        ended = [span for span in spans if span.status != "running"] if running else spans

        span_rows, log_rows = await SPANS.rows_in_turns(ended), await LOGS.rows_in_turns(logs)
        packs = await kept_inputs.packs_in_turns(inputs)

        def work(tx: Transaction) -> None:
            if ended:
                SPANS.insert(tx, span_rows)
                if tx.execute(_SQL["any_running"]).fetchone()[0]:
                    tx.execute(_SQL["end_running"], (_encode([span.id for span in ended]).decode(),))
            if running:
                tx.db.execute(_SQL["add_running"], {"spans": _encode(running).decode(), "now": now})
            LOGS.insert(tx, log_rows)
            kept_inputs.insert(tx, packs)
            for index in (self._span_words, self._log_words):
                if index.behind(tx.db) >= _LAZY:
                    index.index(tx)

        self._settled = False
        await self._database.write(work)

    async def settle(self) -> bool:
        """The words of what a flood has left behind: the first search after it need not wait for them."""
        if self._settled:
            return False
        self._settled = True
        left = [await self._database.write(index.index) for index in (self._span_words, self._log_words)]
        self._settled = self._settled and not any(left)
        return any(left)

    async def lose(self, *, before: int) -> int:
        def work(tx: Transaction) -> int:
            gone = [lost(SPAN.decode(body), seen) for body, seen in tx.execute(_SQL["lost"], (before,)).fetchall()]
            SPANS.insert(tx, SPANS.rows(gone))
            return len(gone)

        return await self._database.write(work)

    async def traces(
        self,
        *,
        limit: int = 50,
        cursor: str | None = None,
        text: str | None = None,
        step: str | None = None,
        status: str | None = None,
        since: int | None = None,
        until: int | None = None,
    ) -> list[Trace]:
        wanted = search.TraceSearch(text, step, status, since, until)
        if wanted.match is not None:
            await self._catch_up(self._span_words)
        return await self._database.read(
            lambda db: search.traces(db, self._span_words, wanted, cursor=cursor, limit=limit)
        )

    async def trace(self, trace_id: str) -> list[Span]:
        return await self._database.read(lambda db: search.spans(db, trace_id))

    async def span(self, id: str) -> Span | None:
        return await self._database.read(lambda db: search.span(db, id))

    async def logs(
        self,
        *,
        limit: int = 200,
        after: int = 0,
        before: int | None = None,
        text: str | None = None,
        trace_id: str | None = None,
        step: str | None = None,
        level: str | None = None,
        since: int | None = None,
        until: int | None = None,
        newest: bool = True,
    ) -> list[tuple[int, LogRecord]]:
        wanted = search.LogSearch(text, trace_id, step, level, since, until)
        if wanted.match is not None:
            await self._catch_up(self._log_words)
        return await self._database.read(
            lambda db: search.logs(db, self._log_words, wanted, after=after, before=before, limit=limit, newest=newest)
        )

    async def input(self, span: str) -> KeptInput | None:
        return await self._database.read(lambda db: kept_inputs.find(db, span))

    async def prune(self, bounds: Bounds) -> int:
        removed = 0
        for name in ("old_spans", "old_orphans", "old_logs"):
            removed += await self._all(_SQL[name], {"before": bounds.before, "most": _REMOVED})
        for what, most in (("spans", bounds.spans), ("logs", bounds.logs)):
            if most is not None:
                removed += await self._oldest(what, (await self._count(what)) - most)
        removed += await self._fewer_inputs(before=bounds.before, most=bounds.inputs, most_bytes=bounds.input_bytes)
        if bounds.size is not None:
            removed += await self._shrink(bounds.size)
        if removed:
            await self._forget_words()
        if bounds.size is not None:
            await self._give_back(bounds.size)
        return removed

    async def held(self) -> Held:
        spans, logs = [await self._count(what) for what in FIELDS]
        inputs, _ = await self._database.read(kept_inputs.held)
        return Held(spans=spans, logs=logs, inputs=inputs, size=await self._size())

    async def close(self) -> None:
        if self._adding:
            await asyncio.wait(self._adding)
        await self._database.close()

    async def _catch_up(self, index: Words) -> None:
        """The words of everything written so far can be searched afterwards."""
        if await self._database.read(index.behind):
            while await self._database.write(index.index):
                pass

    async def _forget_words(self) -> None:
        for index in (self._span_words, self._log_words):
            await self._database.write(index.forget)

    async def _fewer_inputs(self, *, before: int = 0, most: int | None = None, most_bytes: int | None = None) -> int:
        removed = 0
        while gone := await self._changed(
            lambda tx: kept_inputs.thin_out(tx, before=before, most=most, most_bytes=most_bytes)
        ):
            removed += gone
        return removed

    async def _shrink(self, most: int) -> int:
        """Removes the oldest of everything until the file has room again."""
        removed = 0
        size = await self._size()
        while size > most:
            share = min(0.5, 1 - most / size + _SLACK)
            gone = 0
            for what in FIELDS:
                gone += await self._oldest(what, int(await self._count(what) * share) + 1)
            inputs, _ = await self._database.read(kept_inputs.held)
            gone += await self._fewer_inputs(most=int(inputs * (1 - share)))
            await self._forget_words()
            removed += gone
            if not gone:
                break
            size = await self._size()
        return removed

    async def _give_back(self, most: int) -> None:
        """Free space returns to the disk only where the bound was made smaller: else it is used again."""
        while (await self._size(free=True)) > most * _SPARE and await self._free_pages():
            await self._changed(lambda tx: len(tx.execute(f"PRAGMA incremental_vacuum({_REMOVED})").fetchall()))

    async def _free_pages(self) -> int:
        return int((await self._database.rows("PRAGMA freelist_count"))[0][0])

    async def _oldest(self, what: str, excess: int) -> int:
        sql, removed = _SQL["oldest"].format(what=what), 0
        while removed < excess:
            most = min(_REMOVED, excess - removed)
            gone = await self._changed(partial(_delete, sql, most))
            removed += gone
            if not gone:
                break
        return removed

    async def _all(self, sql: str, parameters: dict[str, object]) -> int:
        removed = 0
        while gone := await self._changed(lambda tx: tx.db.execute(sql, parameters).rowcount):
            removed += gone
        return removed

    async def _changed(self, work: Callable[[Transaction], int]) -> int:
        return await self._database.write(work)

    async def _count(self, what: str) -> int:
        return int((await self._database.rows(_SQL["count"].format(what=what)))[0][0])

    async def _size(self, *, free: bool = False) -> int:
        """In bytes, with or without the pages that are free."""

        def work(db: sqlite3.Connection) -> int:
            names = ("page_count", "freelist_count", "page_size")
            pages, unused, size = (int(db.execute(f"PRAGMA {name}").fetchone()[0]) for name in names)
            return (pages if free else pages - unused) * size

        return await self._database.read(work)


def _delete(sql: str, most: int, tx: Transaction) -> int:
    return int(tx.execute(sql, (most,)).rowcount)
