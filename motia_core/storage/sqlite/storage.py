"""The bundle: one database file, the file of traces beside it, and the stores that share them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import Path

from motia_core.clock import Clock
from motia_core.config import Durability
from motia_core.errors import StoreUnavailable
from motia_core.metrics.histogram import Histogram
from motia_core.storage import base, browsing
from motia_core.storage.base import Seen, Write, Written
from motia_core.storage.history import TraceStore
from motia_core.storage.items import StreamStore
from motia_core.storage.sqlite import state, transactions
from motia_core.storage.sqlite.browsing import Browsing
from motia_core.storage.sqlite.database import Database, open_database
from motia_core.storage.sqlite.events import Events
from motia_core.storage.sqlite.notifier import Notifier
from motia_core.storage.sqlite.queries import load
from motia_core.storage.sqlite.state import State
from motia_core.storage.sqlite.streams import Streams
from motia_core.storage.sqlite.traces import Traces, open_traces
from motia_core.storage.sqlite.transaction import Transaction

_EXPIRED = load("entries")["expired"]


class SqliteStorage:
    """Made by `open_backend`. Several may be open on one file, in one process or many."""

    state: base.Keyed
    events: base.EventStore
    traces: TraceStore
    notifier: base.Notifier
    browsing: browsing.Browsing

    def __init__(self, database: Database, traces: Traces, notifier: Notifier, durability: Durability) -> None:
        self.database = database
        self._traces = traces
        self._notifier = notifier
        self.describe = database.where
        full_state = durability.state == "full"
        full_events = durability.events == "full"
        self._stricter = full_state or full_events
        self._streams = Streams(database, full=full_state)
        self.state = State(database, full=full_state)
        self.events = Events(database, full=full_events)
        self.traces = traces
        self.notifier = notifier
        self.browsing = Browsing(database, full=full_events)

    def stream(self, name: str) -> StreamStore:
        return self._streams.open(name)

    async def stream_names(self) -> list[str]:
        return await self._streams.names()

    async def sweep(self, *, now: int, limit: int = 1000) -> int:
        if not await self.database.look(_EXPIRED, (now,)):
            return 0
        return await self.database.write(lambda tx: state.sweep(tx, now, limit))

    async def transaction(
        self, reads: Sequence[Seen], writes: Sequence[Write], *, now: int, limit: int
    ) -> list[Written]:
        return await self.database.write(
            lambda tx: transactions.apply(tx, reads, writes, now, limit),
            full=self._stricter and bool(writes),
            fixed=True,
        )

    def writes(self) -> dict[str, Histogram]:
        return {"main": self.database.took, "traces": self._traces.took}

    async def check(self) -> None:
        self.database.check_file()
        probe = uuid.uuid4().hex

        def write(tx: Transaction) -> None:
            tx.execute("INSERT OR REPLACE INTO probes (id, value) VALUES (1, ?)", (probe,))

        await self.database.write(write)
        # Another server's probe may have come between: that one could write as well.
        if not await self.database.look("SELECT value FROM probes WHERE id = 1"):
            raise StoreUnavailable(f"the database {self.describe} does not give back what was written")

    async def close(self) -> None:
        await self._notifier.close()
        await self.database.close()
        await self._traces.close()


async def open_sqlite(path: Path, *, durability: Durability, clock: Clock) -> SqliteStorage:
    """Opens or makes `path`, and `NAME.traces.db` beside it."""
    database = await open_database(path, schema="schema", full="FULL", normal="NORMAL", clock=clock)
    try:
        traces = await open_traces(path.with_name(f"{path.stem}.traces{path.suffix or '.db'}"), clock)
    except BaseException:
        await database.close()
        raise
    notifier = Notifier(database, clock)
    storage = SqliteStorage(database, traces, notifier, durability)
    try:
        await notifier.start()
    except BaseException:
        await storage.close()
        raise
    return storage
