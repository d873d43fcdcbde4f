"""The hub in this process, when things go wrong: lost messages, a full house, readers that take nothing, other servers."""

from __future__ import annotations

from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from motia_core.clock import Clock
from motia_core.config import Durability
from motia_core.model import Problem, Route, Step
from motia_core.steps.registry import Broken, Snapshot
from motia_core.storage.listeners import LOST
from motia_core.storage.open import open_storage
from motia_core.storage.sqlite.storage import SqliteStorage
from motia_core.storage.sqlite.transaction import Transaction
from motia_core.streams.handshake import Refused
from tests.streams.houses import SLOW, Client, Slow, house, settle
from tests.streams.raw import CLOSE, PING, frame

pytestmark = pytest.mark.anyio


async def test_where_messages_were_lost_the_rooms_are_said_anew(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        slow = at.hub.sources[SLOW] = Slow()
        slow.go.set()
        whole, item = Client(at.hub), Client(at.hub)
        whole.say("join", "g", stream=SLOW)
        item.say("join", "g", "a", stream=SLOW)
        await settle()
        assert whole.heard() and item.heard()
        slow.stamp = 30
        await at.storage.notifier.publish(LOST, b"")
        with anyio.fail_after(5):
            while len(item.wire.written) < 3 or len(whole.wire.written) < 3:
                await anyio.sleep(0.01)
        assert whole.kinds() == item.kinds() == [("sync", 30)]
        await at.tell(30, "update")
        assert whole.heard() == [], "the new sync holds it"


async def test_a_listener_that_fell_behind_says_so(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        listener = at.storage.notifier.listen()
        for number in range(10_005):
            await at.storage.notifier.publish("x", b"%d" % number)
        found = [await anext(listener) for _ in range(10_000)]
        assert found[0] == (LOST, b"") and found[1] == ("x", b"6") and found[-1] == ("x", b"10004")


async def test_there_is_room_for_so_many(tmp_path: Path) -> None:
    async with house(tmp_path, sockets=3, sockets_per_address=2) as at:
        one, two = Client(at.hub), Client(at.hub)
        with pytest.raises(Refused) as caught:
            at.hub.lines.check("10.0.0.1", exempt=False)
        assert caught.value.status == 503
        at.hub.lines.check("10.0.0.1", exempt=True)
        at.hub.lines.check("10.0.0.2", exempt=False)
        two.pipe.connection_lost(None)
        at.hub.lines.check("10.0.0.1", exempt=False)
        Client(at.hub), Client(at.hub)
        with pytest.raises(Refused):
            at.hub.lines.check("10.0.0.2", exempt=True)
        assert not one.wire.aborted


async def test_a_great_sync_is_no_fault_of_its_reader(tmp_path: Path) -> None:
    """What somebody asked for may be longer than what may wait; what comes on top of it may not."""
    async with house(tmp_path, outgoing=65536) as at:
        await at.storage.stream("todo").set("g", "a", b'{"id":"a","t":"%b"}' % (b"x" * 300_000), now=1)
        client = Client(at.hub)
        client.wire.stuck = True
        client.say("join", "g")
        await settle()
        for number in range(5):
            await at.storage.stream("todo").set("g", "b", b'{"id":"b","n":%d}' % number, now=1)
            await settle()
        assert not client.wire.aborted and len(client.heard()) == 6
        client.wire.catch_up()
        client.wire.stuck = True
        for _ in range(5):
            await at.storage.stream("todo").set("g", "a", b'{"id":"a","t":"%b"}' % (b"x" * 50_000), now=1)
            await settle()
        assert client.wire.aborted and at.hub.status.cut == 1 and at.hub.status.rooms == 0


async def test_a_reader_that_takes_nothing_is_cut_in_time(tmp_path: Path) -> None:
    async with house(tmp_path, patience=0.2, heartbeat=60.0) as at:
        client, taking = Client(at.hub), Client(at.hub)
        for each in (client, taking):
            each.wire.stuck = True
            each.wire.high = 0
            each.pipe.data_received(frame(PING, b"x"))
            assert each.pipe.lagging
        with anyio.fail_after(5):
            while not client.wire.aborted:
                taking.pipe._written += 20_000
                await anyio.sleep(0.01)
        assert not taking.wire.aborted


async def test_the_end_is_said_to_everybody(tmp_path: Path) -> None:
    async with house(tmp_path) as at:
        client = Client(at.hub)
        at.hub.drain()
        assert client.wire.written[-1][:4] == bytes([0x80 | CLOSE, client.wire.written[-1][1], 0x03, 0xE9])
        assert client.wire.ended
        with pytest.raises(Refused):
            at.hub.lines.check("10.0.0.1", exempt=True)


async def test_hidden_streams_are_for_admins(tmp_path: Path) -> None:
    """Others are not even told which of them there are."""
    async with house(tmp_path) as at:
        at.hub.sources[SLOW] = slow = Slow()
        slow.go.set()
        admin, other = Client(at.hub), Client(at.hub, admin=False)
        for each in (admin, other):
            each.say("join", "g", stream=SLOW, sub="1")
            each.say("join", "g", stream="__motia.nothing", sub="2")
        assert [one["event"]["type"] for one in await admin.hears(2)] == ["sync", "event"]
        refused = [one["event"]["event"]["data"]["message"] for one in await other.hears(2)]
        assert refused == ["Access denied", "Access denied"] and slow.times == 1
        await at.tell(11, "update")
        assert len(admin.heard()) == 1 and other.heard() == []


async def test_streams_without_a_file_are_for_steps_without_a_config(tmp_path: Path) -> None:
    """`event.stream(name, data)`: nothing is stored under such a name, and no rule can be known while a file is broken."""
    bare = Step(
        id="b", name="b", kind="api", file="b", member="", runner="", language="", inferred=("api",),
        routes=(Route("GET", "/b"),),
    )  # fmt: skip
    async with house(tmp_path, snapshot=Snapshot(steps=(bare,))) as at:
        client = Client(at.hub)
        client.say("join", "default", stream="progress")
        await settle()
        assert [one["event"] for one in client.heard()] == [{"type": "sync", "data": []}]
        await at.storage.stream("progress").send("default", None, b'{"type":"progress","data":1}', now=1)
        await settle()
        assert [one["event"]["type"] for one in client.heard()] == ["event"]
        problem = Problem(code="syntax", message="broken")
        at.registry.swap(Snapshot(steps=(bare,), broken=(Broken(file="x", problem=problem),)))
        client.say("join", "other", stream="progress")
        assert [one["event"]["event"]["type"] for one in await client.hears(2)] == ["error", "error"]


class Shifted(Clock):
    ahead = 0

    def now_ms(self) -> int:
        return super().now_ms() + self.ahead


async def test_a_server_notices_what_it_missed_of_another(tmp_path: Path) -> None:
    """Messages removed before it looked, and a time in which nobody wrote for it."""
    url, clock = "sqlite:./motia.db", Shifted()
    one = await open_storage(url, tmp_path, tmp_path, durability=Durability(), clock=Clock())
    two = await open_storage(url, tmp_path, tmp_path, durability=Durability(), clock=clock)
    heard = two.notifier.listen()
    assert isinstance(one, SqliteStorage)

    async def arrives(what: tuple[str, bytes]) -> None:
        with anyio.fail_after(5):
            while await anext(heard) != what:
                pass

    def tell(tx: Transaction) -> int:
        for text in (b"lost", b"next"):
            tx.execute("INSERT INTO messages (origin, channel, message, created) VALUES ('x', 'c', ?, 9e15)", (text,))
        return tx.execute("DELETE FROM messages WHERE message = ?", (b"lost",)).rowcount

    await one.database.write(tell)
    await arrives((LOST, b""))
    await arrives(("c", b"next"))
    clock.ahead = 120_000
    await arrives((LOST, b""))
    await one.close()
    await two.close()
