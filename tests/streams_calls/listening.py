"""A second party on a server's database that hears every change of its streams, as another server would."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from motia_core.clock import Clock
from motia_core.config import Durability
from motia_core.storage.items import CHANNEL, Change, decode
from motia_core.storage.open import open_storage
from motia_core.storage.sqlite.storage import SqliteStorage
from tests.kit.server import until


class Ear:
    """What was heard so far, in the order heard."""

    def __init__(self) -> None:
        self.heard: list[Change] = []
        self.listens = threading.Event()

    def of(self, stream: str, group: str) -> list[Change]:
        return [one for one in self.heard if (one.stream_name, one.group_id) == (stream, group)]

    def wait(self, stream: str, group: str, count: int) -> list[Change]:
        """The first `count` changes of a group."""
        until(lambda: len(self.of(stream, group)) >= count)
        return self.of(stream, group)


@contextmanager
def listening(project: Path) -> Iterator[Ear]:
    """Hears until the end of the block."""
    ear, loop = Ear(), asyncio.new_event_loop()
    listener = loop.create_task(_listen(project, ear))

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(asyncio.gather(listener, return_exceptions=True))
        loop.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        assert ear.listens.wait(10)
        yield ear
    finally:
        loop.call_soon_threadsafe(listener.cancel)
        thread.join(10)


async def _listen(project: Path, ear: Ear) -> None:
    folder = project / ".motia"
    storage = await open_storage("sqlite:.motia/motia.db", project, folder, durability=Durability(), clock=Clock())
    try:
        assert isinstance(storage, SqliteStorage)
        news = storage.notifier.listen()
        while (await storage.database.look("SELECT count(*) FROM listeners"))[0][0] < 2:
            await asyncio.sleep(0.005)
        ear.listens.set()
        async for channel, message in news:
            if channel == CHANNEL:
                ear.heard.append(decode(message))
    finally:
        await storage.close()
