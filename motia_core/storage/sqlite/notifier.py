"""Wake-ups between servers on one file: a table that each server looks at ten times a second.

Within the process messages go straight to the listeners. Nothing is written while no other server listens, which is
nearly always. What is published by hand is lossy: a server that has just begun to listen is known to the others a
moment later. What transactions tell of themselves (the changes of streams) is not: it is part of their commit, and as
soon as another server listens everybody, the one that made the change too, reads it from the table, in its one order.
"""

from __future__ import annotations

import asyncio
import contextlib

from msgspec import Raw

from motia_core.clock import Clock
from motia_core.errors import StoreError
from motia_core.storage.items import CHANNEL, Change, encode
from motia_core.storage.listeners import LOST, Listener, Listeners
from motia_core.storage.sqlite.database import Database
from motia_core.storage.sqlite.queries import load
from motia_core.storage.sqlite.transaction import Transaction

_SQL = load("notifier")
_POLL = 0.1
_REGISTERED = 60_000
_RENEWED = 30_000
_KEPT = 10_000
_FOR_ALL = ""
"""The origin of what every server reads, also the one that wrote it."""


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
        self._posted = 0
        self._read = 0
        self._held: list[bytes] = []
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Listens from now on. Ends with `close`."""
        self._last = (await self._database.look(_SQL["last"]))[0][0]
        self._database.carry(self)
        self._task = asyncio.create_task(self._poll(), name="notifier")

    async def publish(self, channel: str, message: bytes) -> None:
        self._listeners.tell(channel, message)
        if self._others:
            row = (self._origin, channel, message, self._clock.now_ms())
            with contextlib.suppress(StoreError):
                await self._database.write(lambda tx: tx.execute(_SQL["publish"], row).rowcount)

    def listen(self) -> Listener:
        self._wake.set()
        return self._listeners.add()

    def post(self, transaction: Transaction) -> tuple[list[bytes], bool]:
        """Numbers the news. Whether another server listens is asked in the transaction: one that registers later reads
        what was committed before."""
        news, now = transaction.news, self._clock.now_ms()
        given = {"latest": max(each[0] for each in news), "more": len(news) - 1, "origin": self._origin, "now": now}
        [(last, others)] = transaction.execute(_SQL["stamp"], given).fetchall()
        messages = [
            encode(Change(stamp, stream, group, key, kind, Raw(data)))
            for stamp, (_, stream, group, key, kind, data) in enumerate(news, last - len(news) + 1)
        ]
        if others:
            transaction.db.executemany(_SQL["publish"], [(_FOR_ALL, CHANNEL, one, now) for one in messages])
        return messages, bool(others)

    def committed(self, news: list[bytes], posted: bool) -> None:
        if posted:
            self._posted += 1
            self._wake.set()
        elif self._read < self._posted:
            self._held += news
        else:
            self._tell(news)

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
        loop = asyncio.get_running_loop()
        round_at = loop.time()
        while True:
            self._wake.clear()
            with contextlib.suppress(StoreError):
                if self._listeners and self._registered_until < self._clock.now_ms() + _RENEWED:
                    await self._register()
                if loop.time() >= round_at:
                    round_at = loop.time() + _POLL
                    await self._go_round(self._clock.now_ms())
                await self._read_news()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(round_at):
                    await self._wake.wait()

    async def _register(self) -> None:
        now = self._clock.now_ms()
        missed = 0 < self._registered_until < now
        until = now + _REGISTERED
        await self._database.write(lambda tx: tx.execute(_SQL["register"], (self._origin, until)).rowcount)
        self._registered_until = until
        if missed:  # nobody wrote for us since the last time ran out
            self._listeners.tell(LOST, b"")

    async def _go_round(self, now: int) -> None:
        self._others = bool(await self._database.look(_SQL["others"], (self._origin, now)))
        if self._others and self._trim_at < now:
            self._trim_at = now + _KEPT
            await self._database.write(lambda tx: tx.execute(_SQL["forget_messages"], (now - _KEPT,)).rowcount)

    async def _read_news(self) -> None:
        posted = self._posted
        for id, origin, channel, message in await self._database.look(_SQL["news"], (self._last,)):
            if id > self._last + 1:  # removed before we looked
                self._listeners.tell(LOST, b"")
            self._last = id
            if origin != self._origin:
                self._listeners.tell(channel, message)
        self._read = posted
        if self._held and self._read == self._posted:
            held, self._held = self._held, []
            self._tell(held)

    def _tell(self, news: list[bytes]) -> None:
        for message in news:
            self._listeners.tell(CHANNEL, message)

    def _forget(self, tx: Transaction) -> None:
        tx.execute(_SQL["forget_listeners"], (self._origin, self._clock.now_ms()))
