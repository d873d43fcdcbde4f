"""`Storage.transaction`: everything in one commit, or nothing; on each backend."""

from __future__ import annotations

import pytest

from motia_core.errors import BacklogFull, TransactionConflict
from motia_core.storage.base import Emitted, OnceWrite, Seen, StateWrite, Storage

from .deliveries import claim, emission, put, row

pytestmark = pytest.mark.anyio


async def seen(storage: Storage, group: str, key: str | None = None, stream: str | None = None, now: int = 0) -> Seen:
    keyed = storage.state if stream is None else storage.stream(stream)
    if key is None:
        return Seen(group=group, stream=stream, version=(await keyed.read_group(group, now=now))[1])
    return Seen(group=group, key=key, stream=stream, version=(await keyed.read(group, key, now=now))[1])


async def test_what_once_remembers_by_now_is_a_conflict(storage: Storage) -> None:
    await put(storage, emission("a"))
    [one] = await claim(storage)
    scope = f"delivery:{one.id}"
    block = [StateWrite(group="g", key="k", value=b"1"), OnceWrite(scope, "k", b"1")]
    assert await storage.transaction([], block, now=0, limit=10) == [b"1", b"1"]
    block = [StateWrite(group="g", key="k", value=b"2"), OnceWrite(scope, "k", b"2"), emission("a")]
    with pytest.raises(TransactionConflict):
        await storage.transaction([], block, now=0, limit=10)
    assert await storage.state.get("g", "k", now=0) == b"1"
    assert await storage.events.once_get(scope, "k") == b"1"
    assert await claim(storage) == []


@pytest.mark.parametrize("stream", [None, "s"])
async def test_a_write_may_keep_the_end_that_is_there(storage: Storage, stream: str | None) -> None:
    """Of what the block itself has set, too; what has ended keeps nothing."""
    keyed = storage.state if stream is None else storage.stream(stream)
    for key in "abcd":
        await keyed.set("g", key, b"1", now=0, expires=50 if key != "d" else 5)
    block = [
        StateWrite(group="g", key="a", value=b"2", keep=True, stream=stream),
        StateWrite(group="g", key="b", value=b"2", stream=stream),
        StateWrite(group="g", key="c", value=b"2", keep=True, expires=90, stream=stream),
        StateWrite(group="g", key="d", value=b"2", keep=True, stream=stream),
        StateWrite(group="g", key="e", value=b"1", expires=50, stream=stream),
        StateWrite(group="g", key="e", value=b"2", keep=True, stream=stream),
    ]
    await storage.transaction([], block, now=10, limit=10)
    assert [item.key for item in await keyed.group("g", now=49)] == ["a", "b", "c", "d", "e"]
    assert [item.key for item in await keyed.group("g", now=50)] == ["b", "c", "d"]
    assert [item.key for item in await keyed.group("g", now=90)] == ["b", "d"]


async def test_results_come_per_write_in_order(storage: Storage) -> None:
    await storage.state.set("old", "k", b"0", now=0)
    await storage.state.set("many", "a", b"0", now=0)
    await storage.state.set("many", "b", b"0", now=0)
    results = await storage.transaction(
        [],
        [
            emission("a", dedup="x"),
            StateWrite(group="g", key="k", value=b"1", expires=50),
            StateWrite(group="old", key="k"),
            StateWrite(group="old", key="nothing"),
            StateWrite(group="many", key=None),
            StateWrite(group="g", key="k", value=b"2", stream="s"),
            OnceWrite("invocation:1", "k", b"3"),
            OnceWrite("invocation:1", "k", b"4"),
            emission("a", dedup="x"),
        ],
        now=0,
        limit=10,
    )
    first, last = results[0], results[-1]
    assert isinstance(first, Emitted)
    assert last == Emitted(first.id, 1, duplicate=True)
    assert results[1:-1] == [b"1", b"0", None, 2, b"2", b"3", b"3"]
    assert await storage.state.get("g", "k", now=49) == b"1"
    assert await storage.state.get("g", "k", now=50) is None
    assert await storage.state.groups(now=50) == []
    assert await storage.stream("s").get("g", "k", now=0) == b"2"
    assert await storage.events.once_get("invocation:1", "k") == b"3"
    assert len(await claim(storage)) == 1


async def test_writes_see_those_before_them(storage: Storage) -> None:
    results = await storage.transaction(
        [],
        [
            StateWrite(group="g", key="k", value=b"1"),
            StateWrite(group="g", key="j", value=b"2"),
            StateWrite(group="g", key="k"),
            StateWrite(group="g", key=None),
        ],
        now=0,
        limit=10,
    )
    assert results == [b"1", b"2", b"1", 1]


async def test_unchanged_reads_let_it_through(storage: Storage) -> None:
    await storage.state.set("g", "k", b"1", now=0)
    await storage.stream("s").set("g", "k", b"1", now=0)
    reads = [
        await seen(storage, "g", "k"),
        await seen(storage, "g", "missing"),
        await seen(storage, "g"),
        await seen(storage, "empty"),
        await seen(storage, "g", "k", "s"),
        await seen(storage, "g", None, "s"),
    ]
    await storage.state.set("other", "k", b"1", now=0)
    assert await storage.transaction(reads, [StateWrite(group="g", key="k", value=b"2")], now=0, limit=10) == [b"2"]


@pytest.mark.parametrize("change", ["set", "same", "delete", "again", "new", "clear", "expiry", "stream"])
async def test_a_changed_read_is_a_conflict_and_nothing_happens(storage: Storage, change: str) -> None:
    await storage.state.set("g", "k", b"1", now=0, expires=100 if change == "expiry" else None)
    await storage.stream("s").set("g", "k", b"1", now=0)
    now = 0
    for key in ("new" if change == "new" else "k", None):
        read = await seen(storage, "g", key, "s" if change == "stream" else None)
        if change == "set":
            await storage.state.set("g", "k", b"2", now=0)
        elif change == "same":
            await storage.state.set("g", "k", b"1", now=0)
        elif change == "delete":
            await storage.state.delete("g", "k", now=0)
        elif change == "again":
            await storage.state.delete("g", "k", now=0)
            await storage.state.set("g", "k", b"1", now=0)
        elif change == "new":
            await storage.state.set("g", "new", b"1", now=0)
        elif change == "clear":
            await storage.state.clear("g", now=0)
        elif change == "expiry":
            now = 100
        else:
            await storage.stream("s").set("g", "k", b"2", now=0)
        with pytest.raises(TransactionConflict):
            await storage.transaction(
                [read], [StateWrite(group="w", key="k", value=b"1"), emission("a")], now=now, limit=10
            )
        assert await storage.state.get("w", "k", now=0) is None
        assert (await row(storage)).ready == 0
        await storage.state.set("g", "k", b"1", now=0, expires=100 if change == "expiry" else None)
        now = 0


async def test_a_full_backlog_undoes_all(storage: Storage) -> None:
    with pytest.raises(BacklogFull):
        await storage.transaction(
            [],
            [StateWrite(group="g", key="k", value=b"1"), OnceWrite("s", "k", b"1"), emission("a"), emission("a", "b")],
            now=0,
            limit=2,
        )
    assert await storage.state.get("g", "k", now=0) is None
    assert await storage.events.once_get("s", "k") is None
    assert await storage.events.backlog(now=0) == []
    assert len(await storage.transaction([], [emission("a"), emission("a")], now=0, limit=2)) == 2


async def test_one_that_only_reads_says_whether_it_still_holds(storage: Storage) -> None:
    await storage.state.set("g", "k", b"1", now=0)
    read = await seen(storage, "g", "k")
    assert await storage.transaction([read], [], now=0, limit=0) == []
    await storage.state.set("g", "k", b"2", now=0)
    with pytest.raises(TransactionConflict, match="`k` of `g` has changed"):
        await storage.transaction([read], [], now=0, limit=0)
