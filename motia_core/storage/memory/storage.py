"""The bundle: one set of dicts for each store."""

from __future__ import annotations

from collections.abc import Sequence

from motia_core.storage import base
from motia_core.storage.base import Emission, OnceWrite, Seen, StateWrite, Written
from motia_core.storage.memory.events import Events
from motia_core.storage.memory.leases import Leases
from motia_core.storage.memory.notifier import Notifier
from motia_core.storage.memory.state import State
from motia_core.storage.memory.streams import Streams
from motia_core.storage.memory.traces import Traces
from motia_core.storage.memory.transactions import Transactions


class MemoryStorage:
    state: base.Keyed
    events: base.EventStore
    leases: base.Leases
    traces: base.TraceStore
    notifier: base.Notifier

    def __init__(self) -> None:
        self.describe = "memory: gone when the server ends"
        state, events = State(), Events()
        self._streams = Streams()
        self._notifier = Notifier()
        self._transactions = Transactions(state, self._streams, events)
        self.state = state
        self.events = events
        self.leases = Leases()
        self.traces = Traces()
        self.notifier = self._notifier

    def stream(self, name: str) -> base.Keyed:
        return self._streams.open(name)

    async def stream_names(self) -> list[str]:
        return await self._streams.names()

    async def transaction(
        self, reads: Sequence[Seen], writes: Sequence[StateWrite | OnceWrite | Emission], *, now: int, limit: int
    ) -> list[Written]:
        return self._transactions.apply(reads, writes, now=now, limit=limit)

    async def check(self) -> None:
        """There is nothing that could fail."""

    async def close(self) -> None:
        self._notifier.close()
