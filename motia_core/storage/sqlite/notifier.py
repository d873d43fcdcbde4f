"""Wake-ups between servers on one file: a table that each server looks at ten times a second.

Within the process messages go straight to the listeners. Nothing is written while no other server listens, which is
nearly always. Lossy: a server that has just begun to listen is known to the others a moment later.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from motia_core.clock import Clock
from motia_core.errors import StoreError
from motia_core.storage.listeners import Listeners
from motia_core.storage.sqlite.database import Database
from motia_core.storage.sqlite.queries import load
from motia_core.storage.sqlite.transaction import Transaction

_SQL = load("notifier")
_POLL = 0.1
_REGISTERED = 60_000
_RENEWED = 30_000
_KEPT = 10_000


class Notifier:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._origin = clock.new_id()
        self._listeners = Listeners()
        self._others = False
        self._last = 0
        self._registered_until = 0
        self._trim_at = 0
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Listens from now on. Ends with `close`."""
        self._last = (await self._database.look(_SQL["last"]))[0][0]
        self._task = asyncio.create_task(self._poll(), name="notifier")

    async def publish(self, channel: str, message: bytes) -> None:
        self._listeners.tell(channel, message)
        if self._others:
            row = (self._origin, channel, message, self._clock.now_ms())
            with contextlib.suppress(StoreError):
                await self._database.write(lambda tx: tx.execute(_SQL["publish"], row).rowcount)

    def listen(self) -> AsyncIterator[tuple[str, bytes]]:
        return self._listeners.add()

    async def close(self) -> None:
        self._listeners.close()
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if self._registered_until:
            with contextlib.suppress(StoreError):
                await self._database.write(self._forget)

    async def _poll(self) -> None:
        while True:
            with contextlib.suppress(StoreError):
                await self._look(self._clock.now_ms())
            await asyncio.sleep(_POLL)

    async def _look(self, now: int) -> None:
        if self._listeners and self._registered_until < now + _RENEWED:
            until = now + _REGISTERED
            await self._database.write(lambda tx: tx.execute(_SQL["register"], (self._origin, until)).rowcount)
            self._registered_until = until
        self._others = bool(await self._database.look(_SQL["others"], (self._origin, now)))
        for id, origin, channel, message in await self._database.look(_SQL["news"], (self._last,)):
            self._last = id
            if origin != self._origin:
                self._listeners.tell(channel, message)
        if self._others and self._trim_at < now:
            self._trim_at = now + _KEPT
            await self._database.write(lambda tx: tx.execute(_SQL["forget_messages"], (now - _KEPT,)).rowcount)

    def _forget(self, tx: Transaction) -> None:
        tx.execute(_SQL["forget_listeners"], (self._origin, self._clock.now_ms()))
