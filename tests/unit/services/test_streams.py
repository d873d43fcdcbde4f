"""The `streams.*` calls: what is an item, what is chosen, what a schema says, who hears of it."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest
from msgspec import Raw

from motia_core.config.knobs import Validation
from motia_core.errors import CallRefused, UnknownTarget
from motia_core.model import Stream
from motia_core.services.running import Active
from motia_core.services.selection import Wanted, select
from motia_core.storage.items import decode

from .conftest import Door

pytestmark = pytest.mark.anyio

SCHEMA = {"type": "object", "properties": {"n": {"type": "number"}}, "required": ["n"], "additionalProperties": False}


def declare(door: Door, name: str, schema: Any = None, **more: Any) -> None:
    raw = None if schema is None else Raw(msgspec.json.encode(schema))
    stream = Stream(name=name, file=f"{name}.x", member="", runner="x", language="x", schema=raw, **more)
    now = door.services.registry.current
    door.services.registry.swap(msgspec.structs.replace(now, streams={**now.streams, name: stream}))


def rule(door: Door, streams: str) -> None:
    config = door.services.config
    door.services.config = msgspec.structs.replace(config, validation=Validation(streams=streams))  # type: ignore[arg-type]


async def put(door: Door, me: Active, id: str, value: Any, stream: str = "todo") -> Any:
    return (await door.ask(me, "streams.set", stream=stream, group="g", id=id, value=value))["value"]


async def test_round_trip(door: Door) -> None:
    me, item = door.begin(), {"stream": "todo", "group": "g", "id": "1"}
    assert await door.ask(me, "streams.set", **item, value={"n": 1}) == {"value": {"n": 1, "id": "1"}}
    assert await door.ask(me, "streams.get", **item) == {"value": {"n": 1, "id": "1"}}
    assert await door.ask(me, "streams.send", stream="todo", group="g", type="hi", data=2) == {}
    ops = [{"op": "set", "path": "n", "value": 5}]
    assert await door.ask(me, "streams.update", **item, ops=ops) == {"value": {"n": 5, "id": "1"}}
    group = await door.ask(me, "streams.getGroup", stream="todo", group="g")
    assert group == {"items": [["1", {"n": 5, "id": "1"}]]}
    assert await door.ask(me, "streams.delete", **item) == {"value": {"n": 5, "id": "1"}}
    assert await door.ask(me, "streams.delete", **item) == {"value": None}


async def test_unknown_streams_are_named_with_the_known_ones(door: Door) -> None:
    declare(door, "__motia.logs")
    me, where = door.begin(), {"stream": "todos", "group": "g"}
    calls: list[tuple[str, dict[str, Any]]] = [
        ("streams.get", {"id": "1"}), ("streams.set", {"id": "1", "value": {}}), ("streams.delete", {"id": "1"}),
        ("streams.getGroup", {}), ("streams.query", {}), ("streams.update", {"id": "1", "ops": []}),
        ("streams.send", {"type": "t"}), ("transaction.read", {"key": "k"}), ("transaction.readGroup", {}),
    ]  # fmt: skip
    for method, more in calls:
        with pytest.raises(UnknownTarget, match=r"'todos' \(known: todo\)"):
            await door.ask(me, method, **where, **more)
    for method in ("streams.set", "streams.delete", "streams.send"):
        params = {**where, "id": "1", "type": "t", "value": {}}
        with pytest.raises(UnknownTarget):
            await door.ask(me, "transaction.commit", writes=[{"method": method, "params": params}])
    assert await door.ask(me, "streams.send", stream="made-up", group="g", type="t", adHoc=True) == {}


async def test_an_item_is_an_object_with_the_id_of_the_call_and_no_mark(door: Door) -> None:
    me = door.begin()
    mark = {"type": "state-stream", "streamName": "todo", "groupId": "g", "id": "0"}
    assert await put(door, me, "1", {"id": "other", "__motia": mark, "n": 1}) == {"id": "1", "n": 1}
    assert await put(door, me, 'ä"', {"list": [{"id": 7}]}) == {"list": [{"id": 7}], "id": 'ä"'}
    for value, kind in (
        ([1], "a list"),
        ("x", "a text"),
        (7, "a number"),
        (False, "a truth value"),
        ({"$bytes": "YQ=="}, "bytes"),
    ):
        with pytest.raises(CallRefused, match=f"an item is an object, not {kind}"):
            await put(door, me, "2", value)
    for whole in ({"op": "remove"}, {"op": "set", "value": 3}):
        with pytest.raises(CallRefused, match="an item is an object"):
            await door.ask(me, "streams.update", stream="todo", group="g", id="1", ops=[whole])
    ops = [{"op": "set", "path": "id", "value": "forged"}, {"op": "set", "path": "__motia", "value": mark}]
    done = await door.ask(me, "streams.update", stream="todo", group="g", id="1", ops=ops)
    assert done == {"value": {"id": "1", "n": 1}}
    assert (await door.ask(me, "streams.get", stream="todo", group="g", id="1"))["value"] == {"id": "1", "n": 1}


async def test_setting_nothing_does_nothing_and_says_so(door: Door) -> None:
    me = door.begin()
    await put(door, me, "1", {"n": 1})
    news = door.services.storage.notifier.listen()
    assert await put(door, me, "1", None) is None
    write = {"method": "streams.set", "params": {"stream": "todo", "group": "g", "id": "1", "value": None}}
    assert await door.ask(me, "transaction.commit", writes=[write]) == {"results": [{"value": None}]}
    assert (await door.ask(me, "streams.get", stream="todo", group="g", id="1"))["value"] == {"n": 1, "id": "1"}
    await door.ask(me, "streams.send", stream="todo", group="g", type="only this", data=0)
    _, message = await anext(news)
    assert decode(message).event == "event"
    assert [line for line in await door.warnings() if "does nothing" in line] != []


async def test_what_is_pushed_is_what_is_stored(door: Door) -> None:
    me, news = door.begin(), door.services.storage.notifier.listen()
    await put(door, me, "1", {"__motia": {"type": "state-stream"}, "n": 1})
    await door.ask(me, "streams.send", stream="todo", group="g", id="1", type="hi", data=[1])
    await door.ask(me, "streams.send", stream="todo", group="g", id="", type="whole", data=2)
    await door.ask(me, "streams.delete", stream="todo", group="g", id="1")
    heard = [decode((await anext(news))[1]) for _ in range(4)]
    assert [(one.stream_name, one.group_id, one.id, one.event, bytes(one.data)) for one in heard] == [
        ("todo", "g", "1", "create", b'{"n":1,"id":"1"}'),
        ("todo", "g", "1", "event", b'{"type":"hi","data":[1]}'),
        ("todo", "g", None, "event", b'{"type":"whole","data":2}'),
        ("todo", "g", "1", "delete", b'{"n":1,"id":"1"}'),
    ]


async def test_a_transaction_is_pushed_after_its_commit_only(door: Door) -> None:
    me, news = door.begin(), door.services.storage.notifier.listen()
    where = {"stream": "todo", "group": "g"}
    seen = await door.ask(me, "transaction.readGroup", **where)
    commit = {
        "reads": [{**where, "version": seen["version"]}],
        "writes": [
            {"method": "streams.set", "params": {**where, "id": "1", "value": {"n": 1}}},
            {"method": "streams.send", "params": {**where, "type": "hi", "data": 2}},
            {"method": "streams.delete", "params": {**where, "id": "1"}},
            {"method": "streams.delete", "params": {**where, "id": "none"}},
        ],
    }
    done = await door.ask(me, "transaction.commit", **commit)
    item = {"value": {"n": 1, "id": "1"}}
    assert done["results"] == [item, {}, item, {"value": None}]
    await put(door, me, "2", {})
    with pytest.raises(CallRefused):
        await door.ask(me, "transaction.commit", **commit)
    await put(door, me, "3", {})
    heard = [decode((await anext(news))[1]) for _ in range(5)]
    assert [(one.event, one.id) for one in heard] == [
        ("create", "1"), ("event", None), ("delete", "1"), ("create", "2"), ("create", "3"),
    ]  # fmt: skip


@pytest.mark.rows(225)
async def test_the_ttl_of_the_call_wins_over_that_of_the_stream(door: Door) -> None:
    me = door.begin()
    declare(door, "short", ttl=0.001)
    await put(door, me, "1", {}, stream="short")
    await door.ask(me, "streams.set", stream="short", group="g", id="2", value={}, ttl=60)
    await asyncio.sleep(0.005)
    group = await door.ask(me, "streams.getGroup", stream="short", group="g")
    assert [id for id, _ in group["items"]] == ["2"]


@pytest.mark.parametrize("method", ["streams", "state"])
async def test_an_update_in_a_block_leaves_the_end_that_there_is(door: Door, method: str) -> None:
    me = door.begin()
    declare(door, "lasting")
    place: dict[str, Any] = {"group": "g", "key": "1"}
    if method == "streams":
        place = {"stream": "lasting", "group": "g", "id": "1"}
    for keep in (True, False):
        await door.ask(me, f"{method}.set", **place, value={"n": 1}, ttl=60)
        write = {"method": f"{method}.set", "params": {**place, "value": {"n": 2}, "keep": keep}}
        await door.ask(me, "transaction.commit", writes=[write])
        storage, later = door.services.storage, door.services.clock.now_ms() + 61_000
        store = storage.stream("lasting") if method == "streams" else storage.state
        assert (await store.get("g", "1", now=later) is None) is keep


async def test_a_schema_warns_once_as_long_as_it_goes_on(door: Door) -> None:
    me = door.begin()
    declare(door, "strict", SCHEMA)
    for id in ("1", "2"):
        assert await put(door, me, id, {"n": "no"}, stream="strict") == {"n": "no", "id": id}
    await put(door, me, "3", {"n": 1}, stream="strict")  # the schema need not know of the id
    ops = [{"op": "set", "path": "more", "value": 1}]
    await door.ask(me, "streams.update", stream="strict", group="g", id="3", ops=ops)
    warned = await door.warnings()
    assert warned == [
        "item '1' of group 'g' in stream 'strict' does not fit the stream's schema: `n` is not of type \"number\"",
        "item '3' of group 'g' in stream 'strict' does not fit the stream's schema: `more` is not expected",
    ]


async def test_a_schema_may_refuse(door: Door) -> None:
    me = door.begin()
    declare(door, "strict", SCHEMA)
    rule(door, "enforce")
    with pytest.raises(CallRefused, match="item '1' of group 'g' in stream 'strict' breaks .*`n`") as error:
        await put(door, me, "1", {"n": "no"}, stream="strict")
    assert [one.path for one in error.value.detail["issues"]] == ["n"]  # type: ignore[index]
    await put(door, me, "1", {"n": 1}, stream="strict")
    where = {"stream": "strict", "group": "g", "id": "1"}
    with pytest.raises(CallRefused):
        await door.ask(me, "streams.update", **where, ops=[{"op": "set", "path": "n", "value": "no"}])
    with pytest.raises(CallRefused):
        write = {"method": "streams.set", "params": {**where, "value": {}}}
        await door.ask(me, "transaction.commit", writes=[write])
    assert (await door.ask(me, "streams.get", **where))["value"] == {"n": 1, "id": "1"}
    rule(door, "off")
    assert await put(door, me, "1", {}, stream="strict") == {"id": "1"}
    assert await door.warnings() == []


ITEMS = [
    ("a", {"n": 2, "tag": {"name": "x"}, "list": [5]}),
    ("b", {"n": 10, "tag": {"name": "y"}}),
    ("c", {"n": "2"}),
    ("d", {"tag": {"name": "x"}, "n": None}),
    ("e", {"n": 2.0, "done": True}),
    ("f", {"n": False}),
]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, "abcdef"),
        ({"offset": 1, "limit": 2}, "bc"),
        ({"offset": 9}, ""),
        ({"limit": 0}, ""),
        ({"where": {"n": 2}}, "ae"),
        ({"where": {"tag.name": "x"}}, "ad"),
        ({"where": {"tag.name": "x", "n": None}}, "d"),
        ({"where": {"tag": {"name": "y"}}}, "b"),
        ({"where": {"list.0": 5}}, "a"),
        ({"where": {"n": False}}, "f"),
        ({"where": {"done": None}}, "abcdf"),
        ({"orderBy": "n"}, "aebcfd"),
        ({"orderBy": "n", "orderDirection": "desc"}, "fcbaed"),
        ({"orderBy": "tag.name", "orderDirection": "desc"}, "badcef"),
        ({"orderBy": "n", "offset": 1, "limit": 3, "where": {"done": None}}, "bcf"),
    ],
)
@pytest.mark.parametrize("given", [False, True])
async def test_query(door: Door, wanted: dict[str, Any], found: str, given: bool) -> None:
    me = door.begin()
    for id, value in ITEMS[:2] if given else ITEMS:
        await put(door, me, id, value)
    more = {"items": ITEMS} if given else {}
    done = await door.ask(me, "streams.query", stream="todo", group="g", **wanted, **more)
    assert [id for id, _ in done["items"]] == list(found)


async def test_query_refuses_what_makes_no_sense_and_takes_large_groups(door: Door) -> None:
    me = door.begin()
    for wrong in ({"offset": -1}, {"limit": -1}, {"orderDirection": "up"}):
        with pytest.raises(CallRefused):
            await door.ask(me, "streams.query", stream="todo", group="g", **wrong)
    items = [[str(n), {"n": n}] for n in range(2000)]
    done = await door.ask(
        me, "streams.query", stream="todo", group="g", items=items, orderBy="n", orderDirection="desc", limit=1
    )
    assert done == {"items": [["1999", {"n": 1999}]]}


def test_whole_selections_do_not_look_into_items() -> None:
    assert select([("a", b"no JSON"), ("b", b"")], Wanted(offset=1)) == [("b", b"")]
