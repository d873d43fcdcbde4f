"""The hub in this process: what needs a moment to be held still. Here: changes in the middle of a join, many at once, what
piles up."""

from __future__ import annotations

from pathlib import Path

import anyio
import anyio.lowlevel
import msgspec
import pytest

from motia_core.clock import Clock
from motia_core.storage.items import CHANNEL, Change, encode
from motia_core.streams.protocol import Key, Message
from tests.streams.houses import SLOW, Client, Slow, house, settle

pytestmark = pytest.mark.anyio


async def test_what_happens_during_a_join_comes_after_its_sync(tmp_path: Path) -> None:
    """In the reading: 9 and 10, already in it, and 11, which is not. Nothing is lost, nothing comes twice."""
    async with house(tmp_path) as at:
        slow = at.hub.sources[SLOW] = Slow()
        client = Client(at.hub)
        client.say("join", "g", stream=SLOW)
        await slow.reading.wait()
        await at.tell(9, "create")
        await at.tell(10, "update")
        await at.tell(8, "event", None)
        await at.tell(11, "update")
        assert client.heard() == []
        slow.go.set()
        await settle()
        assert client.kinds() == [("event", 8), ("sync", 10), ("update", 11)]
        await at.tell(10, "update")
        await at.tell(12, "delete")
        assert client.kinds() == [("delete", 12)]


async def test_a_live_seat_misses_nothing_while_another_is_taken(tmp_path: Path) -> None:
    """The item is followed already: what the group's sync holds is news to the item all the same."""
    async with house(tmp_path) as at:
        slow = at.hub.sources[SLOW] = Slow()
        client = Client(at.hub)
        slow.go.set()
        client.say("join", "g", "a", sub="item", stream=SLOW)
        await settle()
        slow.go, slow.reading, slow.stamp = anyio.Event(), anyio.Event(), 20
        client.say("join", "g", sub="group", stream=SLOW)
        await slow.reading.wait()
        await at.tell(15, "update")
        slow.go.set()
        await settle()
        assert client.kinds() == [("sync", 10), ("update", 15), ("sync", 20)]


async def test_what_piles_up_is_said_whole_and_in_order(tmp_path: Path) -> None:
    """In few writes, each of what is small; to each what it follows."""
    async with house(tmp_path) as at:
        slow = at.hub.sources[SLOW] = Slow()
        slow.go.set()
        whole, item = Client(at.hub), Client(at.hub)
        whole.say("join", "g", stream=SLOW)
        item.say("join", "g", "b", stream=SLOW)
        await settle()
        assert whole.heard() and item.heard()
        written = len(whole.wire.written)
        for stamp in range(11, 511):
            data = msgspec.Raw(b'{"id":"x","t":"%b"}' % (b"x" * (30_000 if stamp == 100 else 10)))
            change = Change(stamp, SLOW, "g", "ab"[stamp % 2], "update", data)
            await at.storage.notifier.publish(CHANNEL, encode(change))
        with anyio.fail_after(5):
            while at.hub.status.delivered < 750:
                await settle()
        await settle()
        assert len(whole.wire.written) - written < 200
        assert [stamp for _, stamp in whole.kinds()] == list(range(11, 511))
        assert [stamp for _, stamp in item.kinds()] == list(range(11, 511, 2))


async def test_leaving_waits_for_the_join_and_then_nothing_comes(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        slow = at.hub.sources[SLOW] = Slow()
        client = Client(at.hub)
        client.say("join", "g", stream=SLOW)
        client.say("leave", "g", stream=SLOW)
        await slow.reading.wait()
        slow.go.set()
        await settle()
        assert client.kinds() == [("sync", 10)]
        await at.tell(11, "update")
        assert client.heard() == []
        assert at.hub.status.subscriptions == 0


async def test_a_client_that_goes_during_a_join_is_forgotten(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        slow = at.hub.sources[SLOW] = Slow()
        client = Client(at.hub)
        client.say("join", "g", stream=SLOW)
        client.say("join", "g", "a", stream=SLOW)
        await slow.reading.wait()
        client.pipe.connection_lost(None)
        slow.go.set()
        await settle()
        assert client.heard() == []
        assert (at.hub.status.connections, at.hub.status.rooms, at.hub.status.subscriptions) == (0, 0, 0)


async def test_many_who_join_at_once_share_a_reading_that_began_after_them(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        slow = at.hub.sources[SLOW] = Slow()
        first = Client(at.hub)
        first.say("join", "g", stream=SLOW)
        await slow.reading.wait()
        others = [Client(at.hub) for _ in range(50)]
        for each in others:
            each.say("join", "g", stream=SLOW)
        await settle()
        assert slow.times == 1
        slow.go.set()
        await settle()
        assert slow.times == 2, "one for the first, one for all who came while it was under way"
        assert all(each.kinds() == [("sync", 10)] for each in (first, *others))


async def test_the_stamp_of_a_sync_is_that_of_what_it_holds(tmp_path: Path) -> None:
    """On the real store: the last change and a sync read after it have one stamp, the next change a greater one."""
    async with house(tmp_path, url="sqlite:./motia.db") as at:
        todo, now = at.storage.stream("todo"), Clock().now_ms()
        client = Client(at.hub)
        client.say("join", "g")
        with anyio.fail_after(5):
            while not client.wire.written[1:]:
                await anyio.sleep(0.005)
        client.heard()
        for number in range(200):
            await todo.set("g", "a", b'{"id":"a","n":%d}' % number, now=now)
        other = Client(at.hub)
        other.say("join", "g", "a")
        with anyio.fail_after(5):
            while not other.wire.written[1:]:
                await anyio.sleep(0.005)
        await todo.set("g", "a", b'{"id":"a","n":200}', now=now)
        await settle()
        stamps = [one["timestamp"] for one in client.heard()]
        assert len(stamps) == 201 and stamps == sorted(set(stamps))
        sync, change = other.heard()
        assert (sync["timestamp"], change["timestamp"]) == (stamps[-2], stamps[-1])
        assert sync["event"]["data"]["n"] == 199


@pytest.mark.parametrize(("size", "writes"), [(10, 1), (10_000, 3)], ids=["small", "great"])
async def test_what_has_piled_up_goes_out_together(tmp_path: Path, size: int, writes: int) -> None:
    """Unless it is so much that a copy for every connection would weigh."""
    async with house(tmp_path) as at:
        slow = at.hub.sources[SLOW] = Slow()
        slow.go.set()
        clients = [Client(at.hub) for _ in range(3)]
        for client in clients:
            client.say("join", "g", stream=SLOW)
        await settle()
        for stamp in (20, 30, 40):
            change = Change(stamp, SLOW, "g", "a", "update", msgspec.Raw(b'{"id":"a","t":"%b"}' % (b"x" * size)))
            await at.storage.notifier.publish(CHANNEL, encode(change))
        await settle()
        for client in clients:
            said = client.wire.written[2:]
            assert len(said) == writes
            stamps = [int(one[:2]) for one in b"".join(said).split(b'{"timestamp":')[1:]]
            assert stamps == [20, 30, 40]


async def test_an_answer_does_not_overtake_what_is_due(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        client = Client(at.hub)
        early, late = (Message(stamp, Key("todo", "g", "a"), "update", b'{"id":"a"}') for stamp in (10, 20))
        client.pipe.due.append(early)
        client.pipe.push(late)
        said = b"".join(client.wire.written[1:])
        assert [int(one[:2]) for one in said.split(b'{"timestamp":')[1:]] == [10, 20]
