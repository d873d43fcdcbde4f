"""The bundle: one set of dicts for each store."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from motia_core.metrics.histogram import Histogram
from motia_core.storage import base, browsing
from motia_core.storage.base import Seen, Write, Written
from motia_core.storage.history import TraceStore
from motia_core.storage.items import CHANNEL, StreamStore
from motia_core.storage.memory.browsing import Browsing
from motia_core.storage.memory.events import Events
from motia_core.storage.memory.notifier import Notifier
from motia_core.storage.memory.state import State
from motia_core.storage.memory.streams import Streams
from motia_core.storage.memory.traces import Traces
from motia_core.storage.memory.transactions import Transactions


class MemoryStorage:
    state: base.Keyed
    events: base.EventStore
    traces: TraceStore
    notifier: base.Notifier
    browsing: browsing.Browsing

    def __init__(self) -> None:
        self.describe = "memory: gone when the server ends"
        state, events = State(), Events()
        self._notifier = Notifier()
        self._streams = Streams(partial(self._notifier.tell, CHANNEL))
        self._state = state
        self._transactions = Transactions(state, self._streams, events)
        self.state = state
        self.events = events
        self.traces = Traces()
        self.notifier = self._notifier
        self.browsing = Browsing(state, self._streams, events)

    def stream(self, name: str) -> StreamStore:
        return self._streams.open(name)

    async def stream_names(self) -> list[str]:
        return await self._streams.names()

    async def sweep(self, *, now: int, limit: int = 1000) -> int:
        gone = 0
        for space in (self._state, *self._streams.all()):
            gone += space.sweep(now, limit - gone)
        return gone

    async def transaction(
        self, reads: Sequence[Seen], writes: Sequence[Write], *, now: int, limit: int
    ) -> list[Written]:
        return self._transactions.apply(reads, writes, now=now, limit=limit)

    def writes(self) -> dict[str, Histogram]:
        return {}

    async def check(self) -> None:
        """There is nothing that could fail."""

    async def close(self) -> None:
        self._notifier.close()
