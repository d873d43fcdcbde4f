"""Every call a runner can make, through the one door, on the reference store."""

from __future__ import annotations

import base64
from pathlib import Path

import msgspec
import pytest

from motia_core.errors import (
    BacklogFull,
    CallRefused,
    EmitNotDeclared,
    InvocationOver,
    LocalProtocolError,
    PayloadRefused,
    TransactionConflict,
)

from .conftest import STEPS, Door

pytestmark = pytest.mark.anyio


async def test_state_round_trip(door: Door) -> None:
    me = door.begin()
    assert await door.ask(me, "state.get", group="g", key="k") == {"value": None}
    assert await door.ask(me, "state.set", group="g", key="k", value={"a": 1}) == {"value": {"a": 1}}
    assert await door.ask(me, "state.get", group="g", key="k") == {"value": {"a": 1}}
    assert await door.ask(me, "state.getGroup", group="g") == {"items": [["k", {"a": 1}]]}
    assert await door.ask(me, "state.keys", group="g") == {"names": ["k"]}
    assert await door.ask(me, "state.groups") == {"names": ["g"]}
    ops = [{"op": "increment", "path": "a", "value": 2}]
    assert await door.ask(me, "state.update", group="g", key="k", ops=ops) == {"value": {"a": 3}}
    assert await door.ask(me, "state.setIfAbsent", group="g", key="k", value=0) == {"stored": False, "value": {"a": 3}}
    swapped = await door.ask(me, "state.compareAndSet", group="g", key="k", expected={"a": 3}, value=9)
    assert swapped == {"stored": True, "value": 9}
    assert await door.ask(me, "state.delete", group="g", key="k") == {"value": 9}
    assert await door.ask(me, "state.clear", group="g") == {"count": 0}


async def test_calls_are_traced_in_the_name_of_their_invocation(door: Door) -> None:
    me, other = door.begin(), door.begin()
    await door.ask(me, "state.set", group="g", key="k", value=1)
    await door.ask(other, "events.emit", topic="t.one", data=1)
    [mine] = [msgspec.json.decode(event) for event in me.events]
    assert (mine["type"], mine["operation"], mine["data"]["key"], mine["success"]) == ("state", "set", "k", True)
    assert msgspec.json.decode(other.events[0])["type"] == "emit"


async def test_a_call_after_the_end_is_refused(door: Door) -> None:
    me = door.begin()
    door.services.running.end(me)
    with pytest.raises(InvocationOver):
        await door.ask(me, "state.get", group="g", key="k")


async def test_bad_params_and_unknown_methods(door: Door) -> None:
    me = door.begin()
    with pytest.raises(CallRefused, match=r"state\.get"):
        await door.ask(me, "state.get", group=1, key="k")
    with pytest.raises(LocalProtocolError):
        await door.ask(me, "state.nonsense")
    for ttl in (0, -1, 1e12):
        with pytest.raises(PayloadRefused):
            await door.ask(me, "state.set", group="g", key="k", value=1, ttl=ttl)
    with pytest.raises(PayloadRefused):
        await door.ask(me, "state.set", group="g" * 2000, key="k", value=1)


async def test_emit_reaches_every_subscriber_and_those_who_hear_everything(door: Door) -> None:
    answer = await door.ask(door.begin(), "events.emit", topic="t.one", data={"n": 1})
    assert answer["deliveries"] == 3
    assert await door.waiting() == {"hears": 1, "also-hears": 1, "everything": 1}


async def test_a_step_that_hears_everything_does_not_hear_itself(door: Door) -> None:
    answer = await door.ask(door.begin("everything"), "events.emit", topic="t.nobody", data=1)
    assert answer["deliveries"] == 0


async def test_undeclared_topics(door: Door) -> None:
    lenient = await door.ask(door.begin("declares"), "events.emit", topic="t.other", data=1)
    assert lenient["deliveries"] == 1  # the one that hears everything
    with pytest.raises(EmitNotDeclared):
        await door.ask(door.begin("strict"), "events.emit", topic="t.other", data=1)


async def test_emit_ids_are_delivered_once(door: Door) -> None:
    me = door.begin()
    first = await door.ask(me, "events.emit", topic="t.one", data=1, id="order-1")
    again = await door.ask(me, "events.emit", topic="t.one", data=2, id="order-1")
    assert first == again
    assert (await door.waiting())["hears"] == 1


async def test_delay_and_at(door: Door) -> None:
    me = door.begin()
    await door.ask(me, "events.emit", topic="t.one", data=1, delay=3600)
    await door.ask(me, "events.emit", topic="t.one", data=1, at=door.services.clock.now_ms() + 3_600_000)
    rows = await door.services.storage.events.backlog(now=door.services.clock.now_ms())
    assert {row.step: row.delayed for row in rows}["hears"] == 2
    for wrong in ({"delay": -1}, {"delay": 1e12}, {"at": -5}):
        with pytest.raises(PayloadRefused):
            await door.ask(me, "events.emit", topic="t.one", data=1, **wrong)


async def test_a_full_backlog_refuses(door: Door) -> None:
    me = door.begin()
    with pytest.raises(BacklogFull):
        for _ in range(50):
            await door.ask(me, "events.emit", topic="t.one", data=1)
    assert sum((await door.waiting()).values()) <= 50


async def test_trigger(door: Door) -> None:
    me = door.begin()
    assert (await door.ask(me, "events.trigger", step="hears", data=1))["traceId"] == "TRACE"
    await door.ask(me, "events.trigger", step="tick", data=None)
    assert await door.waiting() == {"hears": 1, "tick": 1}
    assert (await door.ask(me, "events.trigger", step="unknown", data=1))["id"]
    with pytest.raises(CallRefused):
        await door.ask(me, "events.trigger", step="api", data=1)


async def test_transaction_commits_all_or_nothing(door: Door) -> None:
    me = door.begin()
    seen = await door.ask(me, "transaction.read", group="acc", key="a")
    writes = [
        {"method": "state.set", "params": {"group": "acc", "key": "a", "value": 1}},
        {"method": "events.emit", "params": {"topic": "t.one", "data": {"n": 1}}},
        {"method": "streams.set", "params": {"stream": "todo", "group": "g", "id": "1", "value": {}}},
        {"method": "state.clear", "params": {"group": "empty"}},
    ]
    reads = [{"group": "acc", "key": "a", "version": seen["version"]}]
    done = await door.ask(me, "transaction.commit", reads=reads, writes=writes)
    assert done["results"][0] == {"value": 1}
    assert done["results"][1]["deliveries"] == 3
    assert done["results"][3] == {"count": 0}
    with pytest.raises(TransactionConflict):
        await door.ask(me, "transaction.commit", reads=reads, writes=writes)
    assert (await door.waiting())["hears"] == 1
    with pytest.raises(CallRefused):
        await door.ask(me, "transaction.commit", reads=[], writes=[{"method": "state.get", "params": {}}])


async def test_transaction_sees_changes_of_a_group(door: Door) -> None:
    me = door.begin()
    await door.ask(me, "state.set", group="g", key="a", value=1)
    seen = await door.ask(me, "transaction.readGroup", group="g")
    assert seen["items"] == [["a", 1]]
    await door.ask(me, "state.delete", group="g", key="a")
    reads = [{"group": "g", "version": seen["version"]}]
    with pytest.raises(TransactionConflict):
        await door.ask(me, "transaction.commit", reads=reads, writes=[])


@pytest.mark.parametrize("delivery", [None, 7])
async def test_once_remembers_the_first(door: Door, delivery: int | None) -> None:
    if delivery is not None:
        await door.ask(door.begin(), "events.emit", topic="t")
        room = {step.name: 1 for step in STEPS}
        delivery = (await door.services.storage.events.claim(room, owner="me", now=2**52, lease=2**53, limit=1))[0].id
    me = door.begin(delivery=delivery)
    assert await door.ask(me, "once.get", key="pay") == {"found": False, "value": None}
    assert await door.ask(me, "once.put", key="pay", value="receipt") == {"value": "receipt"}
    assert await door.ask(me, "once.put", key="pay", value="another") == {"value": "receipt"}
    assert await door.ask(me, "once.get", key="pay") == {"found": True, "value": "receipt"}
    other = door.begin(delivery=delivery)
    assert (await door.ask(other, "once.get", key="pay"))["found"] is (delivery is not None)


async def test_spilled_files_are_kept_as_bytes_and_removed(door: Door, tmp_path: Path) -> None:
    me = door.begin()
    path = tmp_path / "blob"
    path.write_bytes(b"\x00\xff")
    stored = await door.ask(me, "state.set", group="g", key="k", value={"blob": {"$file": str(path), "size": 2}})
    assert stored == {"value": {"blob": {"$bytes": base64.b64encode(b"\x00\xff").decode()}}}
    assert not path.exists()
    with pytest.raises(PayloadRefused):
        await door.ask(me, "state.set", group="g", key="k", value={"$file": "/etc/hostname", "size": 1})
    assert Path("/etc/hostname").exists()


async def test_a_response_needs_a_client(door: Door) -> None:
    with pytest.raises(CallRefused):
        await door.ask(door.begin("api"), "response.chunk", data="x")
