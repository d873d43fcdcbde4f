"""Who hears the changes of a storage's streams, as a server does."""

from __future__ import annotations

from collections.abc import AsyncIterator

import anyio

from motia_core.storage.base import Storage
from motia_core.storage.items import CHANNEL, Change, decode

Short = tuple[str, str | None, str, bytes]


class Ear:
    """Hears the changes of a storage from its making on."""

    def __init__(self, storage: Storage) -> None:
        self._news: AsyncIterator[tuple[str, bytes]] = storage.notifier.listen()
        self.stamps: list[int] = []

    async def next(self) -> Change:
        with anyio.fail_after(10):
            channel, message = await anext(self._news)
        assert channel == CHANNEL
        change = decode(message)
        self.stamps.append(change.timestamp)
        return change

    async def hear(self, count: int) -> list[Short]:
        heard = [await self.next() for _ in range(count)]
        return [(one.group_id, one.id, one.event, bytes(one.data)) for one in heard]

    async def nothing_more(self, storage: Storage) -> None:
        """A mark is the next thing heard."""
        await storage.stream("mark").send("mark", None, b"0", now=0)
        assert (await self.next()).stream_name == "mark"
