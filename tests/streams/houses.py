"""A hub in this process, on a real store, with clients; only the system's end of each connection is a list."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import msgspec

from motia_core.clock import Clock
from motia_core.config import Durability
from motia_core.config.knobs import Streams
from motia_core.model import Stream
from motia_core.steps.registry import Registry, Snapshot
from motia_core.storage.base import Item, Storage
from motia_core.storage.items import CHANNEL, Change, encode
from motia_core.storage.open import open_storage
from motia_core.streams.access import Access, Auth
from motia_core.streams.complaints import Complaints
from motia_core.streams.hub import Hub
from motia_core.streams.questions import Questions
from motia_core.streams.socket import Socket
from tests.streams.raw import TEXT, frame

SLOW = "__motia.slow"
SERVED = Snapshot(streams={"todo": Stream(name="todo", file="t", member="", runner="", language="")})


class Wire:
    """The system's end of a connection: takes everything, or with `stuck` nothing."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.waiting = 0
        self.stuck = False
        self.high = 65536
        self.aborted = self.ended = self.paused = False
        self.owner: Any = None

    def write(self, data: bytes) -> None:
        self.written.append(data)
        if self.stuck:
            self.waiting += len(data)
            if self.waiting > self.high and not self.owner.lagging:
                self.owner.pause_writing()

    def catch_up(self) -> None:
        self.stuck, self.waiting = False, 0
        if self.owner.lagging:
            self.owner.resume_writing()

    def get_write_buffer_size(self) -> int:
        return self.waiting

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self.high = high or 0

    def abort(self) -> None:
        self.aborted = True

    def write_eof(self) -> None:
        self.ended = True

    def is_closing(self) -> bool:
        return self.aborted

    def pause_reading(self) -> None:
        self.paused = True

    def resume_reading(self) -> None:
        self.paused = False

    def get_extra_info(self, name: str) -> None:
        return None


class Client:
    """A connected socket of the hub."""

    def __init__(self, hub: Hub, *, admin: bool = True) -> None:
        self.wire = Wire()
        self.pipe = Socket(hub, "10.0.0.1", Auth(admin=admin))
        self.pipe.open(self._take, b"HTTP/1.1 101 ok\r\n\r\n")
        self._read = 1

    def _take(self, owner: Any) -> tuple[Wire, bytes]:
        self.wire.owner = owner
        return self.wire, b""

    def say(self, kind: str, group: str, id: str | None = None, *, sub: str = "s", stream: str = "todo") -> None:
        data = {"streamName": stream, "groupId": group, "subscriptionId": sub, **({} if id is None else {"id": id})}
        self.pipe.data_received(frame(TEXT, json.dumps({"type": kind, "data": data}).encode()))

    def heard(self) -> list[Any]:
        """The messages since the last call."""
        new, self._read = self.wire.written[self._read :], len(self.wire.written)
        data, found = b"".join(new), []
        while data:
            wide = {126: 2, 127: 8}.get(data[1], 0)
            start = 2 + wide
            end = start + (int.from_bytes(data[2:start], "big") if wide else data[1])
            if data[0] & 0x0F == TEXT:
                found.append(json.loads(data[start:end]))
            data = data[end:]
        return found

    async def hears(self, count: int) -> list[Any]:
        """Waits for so many messages: a refusal is told a little later than all else."""
        found = self.heard()
        with anyio.fail_after(5):
            while len(found) < count:
                await anyio.sleep(0.005)
                found += self.heard()
        return found

    def kinds(self) -> list[tuple[str, int]]:
        return [(one["event"]["type"], one["timestamp"]) for one in self.heard()]


class Slow:
    """A stream whose reading is held until it is let go, with the stamp the test says."""

    def __init__(self) -> None:
        self.reading = anyio.Event()
        self.go = anyio.Event()
        self.stamp = 10
        self.times = 0

    async def snapshot(self, group: str, key: str | None = None, *, now: int) -> tuple[list[Item], int]:
        self.times += 1
        self.reading.set()
        await self.go.wait()
        return [Item("a", b'{"id":"a"}', "1")], self.stamp


class House:
    def __init__(self, hub: Hub, storage: Storage, registry: Registry) -> None:
        self.hub = hub
        self.storage = storage
        self.registry = registry

    async def tell(self, stamp: int, kind: Any, id: str | None = "a", stream: str = SLOW) -> None:
        change = Change(stamp, stream, "g", id, kind, msgspec.Raw(b'{"id":"a"}'))
        await self.storage.notifier.publish(CHANNEL, encode(change))
        await settle()


async def settle() -> None:
    for _ in range(20):
        await anyio.lowlevel.checkpoint()


@asynccontextmanager
async def house(
    folder: Path, *, url: str = "memory:", snapshot: Snapshot = SERVED, notes: list[str] | None = None, **knobs: Any
) -> AsyncIterator[House]:
    clock = Clock()
    storage = await open_storage(url, folder, folder, durability=Durability(), clock=clock)
    registry = Registry(snapshot)
    limits = Streams(**knobs)

    def note(level: str, text: str) -> None:
        assert notes is not None, text
        notes.append(text)

    def pools(runner: str) -> Any:
        raise AssertionError("nobody is asked here")

    access = Access(
        Questions(pools, clock, at_once=1, timeout=1), registry, limits, Complaints(note, clock, open=True), None
    )
    hub = Hub(
        storage=storage, registry=registry, access=access, knobs=limits, memory=10_000_000, clock=clock, note=note
    )
    async with anyio.create_task_group() as group:
        await group.start(hub.run)
        yield House(hub, storage, registry)
        group.cancel_scope.cancel()
    await storage.close()
