"""The hub in this process: what only one client is told, and what becomes of a stream that cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import anyio
import pytest

from motia_core.steps.registry import Snapshot
from motia_core.storage.base import Item
from motia_core.storage.listeners import LOST
from motia_core.streams.access import Auth
from motia_core.streams.protocol import Key
from motia_core.streams.reader import SUBSCRIPTION, Reader
from tests.streams.houses import SERVED, SLOW, Client, Slow, Wire, house, settle

pytestmark = pytest.mark.anyio


async def eventually(holds: Callable[[], bool]) -> None:
    with anyio.fail_after(5):
        while not holds():
            await anyio.sleep(0.01)


@pytest.mark.parametrize("url", ["memory:", "sqlite:./motia.db"])
async def test_clients_that_drop_what_is_not_newer_miss_nothing_after_a_refusal(tmp_path: Path, url: str) -> None:
    """Refused while its file is away, then let in, without any change in between; also by another server, later."""
    async with house(tmp_path, url=url) as at:
        todo, client = at.storage.stream("todo"), Client(at.hub)
        await todo.set("g", "a", b'{"id":"a"}', now=1)
        heard: list[tuple[str, int]] = []

        async def join(*kinds: str) -> None:
            client.say("join", "g", "a")
            await hear(*kinds)

        async def hear(*kinds: str) -> None:
            before = len(heard)
            with anyio.fail_after(5):
                while len(heard) < before + len(kinds):
                    await anyio.sleep(0.001)
                    heard.extend(client.kinds())
            assert [kind for kind, _ in heard[before:]] == [*kinds]

        await join("sync")
        for _ in range(2):
            at.registry.swap(Snapshot())
            await join("event", "event")
            await join("event", "event")
            with anyio.fail_after(5):
                while (await todo.snapshot("g", now=1))[1] <= heard[-1][1]:
                    await anyio.sleep(0.001)
            at.registry.swap(SERVED)
            await join("sync")
        client.say("join", "g", stream="gone", sub="another")
        await hear("event", "event")
        await join("sync")
        await todo.set("g", "a", b'{"id":"a"}', now=1)
        await hear("update")
        stamps = [stamp for _, stamp in heard]
        assert stamps == sorted(set(stamps))


@pytest.mark.parametrize("left", [False, True])
async def test_who_asks_again_and_may_hears_of_no_refusal(tmp_path: Path, left: bool) -> None:
    async with house(tmp_path) as at:
        client = Client(at.hub)
        at.registry.swap(Snapshot())
        client.say("join", "g")
        await settle()
        if left:
            client.say("leave", "g")
        at.registry.swap(SERVED)
        client.say("join", "g")
        client.say("join", "g", stream="gone", sub="another")
        told = await client.hears(3)
        assert [(one["streamName"], one["event"]["type"]) for one in told] == [
            ("todo", "sync"),
            ("gone", "event"),
            ("gone", "event"),
        ]


class Faulty(Slow):
    async def snapshot(self, group: str, key: str | None = None, *, now: int) -> tuple[list[Item], int]:
        raise KeyError("a fault of ours")


async def test_a_stream_that_cannot_be_read_ends_no_more_than_its_join(tmp_path: Path) -> None:
    """A socket is told and stays; a reader of events is let go, so that it asks again."""
    notes: list[str] = []
    async with house(tmp_path, notes=notes) as at:
        at.hub.sources[SLOW] = Faulty()
        client, wire = Client(at.hub), Wire()
        client.say("join", "g", stream=SLOW)
        reader = Reader(at.hub, "10.0.0.1", Auth(admin=True))
        wire.owner = reader
        reader.open(lambda _: (wire, b""), b"HTTP/1.1 200 OK\r\n\r\n")
        at.hub.spawn(at.hub.joins.admit, reader, Key(SLOW, "g"), SUBSCRIPTION)
        await eventually(lambda: wire.ended)
        assert b"STREAM_UNAVAILABLE" in b"".join(wire.written)
        assert [one["event"]["event"]["data"]["code"] for one in await client.hears(1)] == ["STREAM_UNAVAILABLE"]
        assert notes == [f"the stream '{SLOW}' cannot be read: KeyError('a fault of ours')"] * 2
        client.say("join", "g")
        await eventually(lambda: [kind for kind, _ in client.kinds()] == ["sync"])
        assert not client.wire.ended


async def test_what_is_lost_while_rooms_are_said_anew_is_said_anew(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        slow = at.hub.sources[SLOW] = Slow()
        slow.go.set()
        client = Client(at.hub)
        client.say("join", "g", stream=SLOW)
        await settle()
        assert client.kinds() == [("sync", 10)]
        slow.go, slow.reading, slow.stamp = anyio.Event(), anyio.Event(), 20
        await at.storage.notifier.publish(LOST, b"")
        await slow.reading.wait()
        await at.storage.notifier.publish(LOST, b"")
        await settle()
        slow.go.set()
        await settle()
        assert client.kinds() == [("sync", 20)]
        slow.stamp = 30
        await eventually(lambda: client.kinds() == [("sync", 30)])
