"""What streams promise beyond values: each change has a stamp, and is told once, in order, after its commit."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from msgspec import Raw

from motia_core.errors import CallRefused, TransactionConflict
from motia_core.storage.base import Op, Seen, StateWrite, Storage
from motia_core.storage.items import StreamEvent
from motia_core.storage.sqlite import state
from motia_core.storage.sqlite.storage import SqliteStorage
from motia_core.storage.sqlite.transaction import Transaction

from .ears import Ear

pytestmark = pytest.mark.anyio


def op(text: bytes) -> list[Op]:
    return [Op("set", "a", Raw(text))]


async def test_every_change_is_told_with_what_it_was(storage: Storage) -> None:
    ear, chat = Ear(storage), storage.stream("chat")
    assert await chat.set("g", "k", b"{}", now=5) is True
    assert await chat.set("g", "k", b'{"b":1}', now=5) is False
    await chat.update("g", "k", op(b"2"), now=5)
    await chat.update("g", "new", op(b"1"), now=5)
    await chat.update("g", "new", op(b"3"), now=5, expires=99)
    await chat.set_if_absent("g", "k", b"9", now=5)
    await chat.set_if_absent("g", "absent", b"{}", now=5)
    await chat.compare_and_set("g", "absent", b"{}", b"[]", now=5)
    await chat.send("g", "k", b'{"type":"t","data":1}', now=5)
    await chat.send("g", None, b'{"type":"t","data":2}', now=5)
    assert await chat.delete("g", "k", now=5) == b'{"b":1,"a":2}'
    assert await chat.delete("g", "k", now=5) is None
    assert await chat.clear("g", now=5) == 2
    assert await ear.hear(11) == [
        ("g", "k", "create", b"{}"),
        ("g", "k", "update", b'{"b":1}'),
        ("g", "k", "update", b'{"b":1,"a":2}'),
        ("g", "new", "create", b'{"a":1}'),
        ("g", "new", "update", b'{"a":3}'),
        ("g", "absent", "create", b"{}"),
        ("g", "absent", "update", b"[]"),
        ("g", "k", "event", b'{"type":"t","data":1}'),
        ("g", None, "event", b'{"type":"t","data":2}'),
        ("g", "k", "delete", b'{"b":1,"a":2}'),
        ("g", "new", "delete", b'{"a":3}'),
    ]
    assert await ear.hear(1) == [("g", "absent", "delete", b"[]")]
    assert ear.stamps == sorted(set(ear.stamps))
    await ear.nothing_more(storage)


async def test_the_state_is_nobodys_news(storage: Storage) -> None:
    ear = Ear(storage)
    await storage.state.set("g", "k", b"1", now=0, expires=5)
    await storage.state.update("g", "k", op(b"1")[:0], now=0)
    await storage.state.delete("g", "k", now=0)
    await storage.transaction([], [StateWrite(group="g", key="k", value=b"1")], now=0, limit=1)
    await storage.state.clear("g", now=0)
    await ear.nothing_more(storage)


async def test_a_thousand_sets_at_once_are_told_in_their_order(storage: Storage) -> None:
    ear, chat = Ear(storage), storage.stream("chat")
    await asyncio.gather(*(chat.set("g", f"{n % 3}", b"%d" % n, now=7) for n in range(1000)))
    heard = await ear.hear(1000)
    assert [data for *_, data in heard] == [b"%d" % n for n in range(1000)]
    assert [kind for _, _, kind, _ in heard] == ["create"] * 3 + ["update"] * 997
    assert len(set(ear.stamps)) == 1000 and ear.stamps == sorted(ear.stamps)
    assert await chat.get("g", "0", now=7) == b"999"


async def test_of_many_creations_at_once_one_creates(storage: Storage) -> None:
    ear, chat = Ear(storage), storage.stream("chat")
    works: list[Callable[[], Awaitable[Any]]] = [
        lambda: chat.set("g", "k", b"{}", now=0),
        lambda: chat.update("g", "k", op(b"1"), now=0),
        lambda: storage.transaction([], [StateWrite(stream="chat", group="g", key="k", value=b"{}")], now=0, limit=1),
    ]
    await asyncio.gather(*(works[n % 3]() for n in range(30)))
    assert sorted(kind for _, _, kind, _ in await ear.hear(30)) == ["create"] + ["update"] * 29


async def test_what_expires_is_told_when_it_is_swept(storage: Storage) -> None:
    ear, chat = Ear(storage), storage.stream("chat")
    await chat.set("g", "k", b"1", now=0, expires=10)
    await chat.set("g", "stays", b"2", now=0)
    assert await storage.sweep(now=10) == 1
    assert (await ear.hear(3))[2] == ("g", "k", "delete", b"1")
    await ear.nothing_more(storage)


async def test_followers_learn_of_an_expiry_before_the_item_is_made_anew(storage: Storage) -> None:
    ear, chat = Ear(storage), storage.stream("chat")
    await chat.set("g", "a", b"1", now=0, expires=10)
    await chat.set("g", "b", b"1", now=0, expires=10)
    await chat.set("g", "c", b"1", now=0, expires=10)
    await ear.hear(3)
    assert await chat.set("g", "a", b"2", now=10) is True
    await asyncio.gather(*(chat.set("g", key, b"3", now=10) for key in "bx"))
    assert await chat.delete("g", "c", now=10) is None
    assert await ear.hear(6) == [
        ("g", "a", "delete", b"1"),
        ("g", "a", "create", b"2"),
        ("g", "b", "delete", b"1"),
        ("g", "b", "create", b"3"),
        ("g", "x", "create", b"3"),
        ("g", "c", "delete", b"1"),
    ]
    await ear.nothing_more(storage)


async def test_a_transaction_tells_in_the_order_written_and_all_or_nothing(storage: Storage) -> None:
    ear, chat = Ear(storage), storage.stream("chat")
    await chat.set("g", "old", b"{}", now=0)
    _, version = await chat.read("g", "old", now=0)
    writes: list[StateWrite | StreamEvent] = [
        StateWrite(stream="chat", group="g", key="new", value=b"1"),
        StreamEvent(stream="chat", group="g", key=None, data=b'{"type":"t"}'),
        StateWrite(stream="chat", group="g", key="new", value=b"2"),
        StateWrite(stream="chat", group="g", key="old"),
        StateWrite(stream="chat", group="g", key="never"),
    ]
    seen = [Seen(stream="chat", group="g", key="old", version=version)]
    results = await storage.transaction(seen, writes, now=0, limit=1)
    assert [results[0], *results[2:]] == [b"1", b"2", b"{}", None]
    with pytest.raises(TransactionConflict):
        await storage.transaction(seen, writes, now=0, limit=1)
    assert (await ear.hear(5))[1:] == [
        ("g", "new", "create", b"1"),
        ("g", None, "event", b'{"type":"t"}'),
        ("g", "new", "update", b"2"),
        ("g", "old", "delete", b"{}"),
    ]
    await ear.nothing_more(storage)


async def test_a_refused_update_tells_nothing_also_among_others(storage: Storage) -> None:
    ear, chat = Ear(storage), storage.stream("chat")

    def refuse(value: bytes) -> bytes:
        raise CallRefused("no")

    async def refused() -> None:
        with pytest.raises(CallRefused):
            await chat.update("g", "k", op(b"1"), now=0, then=refuse)

    await asyncio.gather(refused(), chat.set("g", "a", b"1", now=0), refused(), chat.send("g", None, b"{}", now=0))
    assert await ear.hear(2) == [("g", "a", "create", b"1"), ("g", None, "event", b"{}")]
    assert await chat.update("g", "k", op(b"1"), now=0, then=lambda value: b"[" + value + b"]") == (b'[{"a":1}]', True)
    assert await ear.hear(1) == [("g", "k", "create", b'[{"a":1}]')]
    await ear.nothing_more(storage)


async def test_what_failed_on_its_way_is_not_told(sqlite: SqliteStorage) -> None:
    ear, chat = Ear(sqlite), sqlite.stream("chat")

    def half(tx: Transaction) -> None:
        state.put(tx, ":chat", "g", "half", b"1", now=0, expires=None)
        raise CallRefused("no")

    async def fails() -> None:
        with pytest.raises(CallRefused):
            await sqlite.database.write(half)

    await asyncio.gather(fails(), chat.set("g", "a", b"1", now=0), fails(), chat.set("g", "b", b"1", now=0))
    await fails()
    assert await ear.hear(2) == [("g", "a", "create", b"1"), ("g", "b", "create", b"1")]
    await ear.nothing_more(sqlite)


async def test_a_change_is_told_also_when_its_caller_has_gone(sqlite: SqliteStorage) -> None:
    ear = Ear(sqlite)
    task = asyncio.create_task(sqlite.stream("chat").set("g", "k", b"1", now=0))
    await asyncio.sleep(0)
    task.cancel()
    assert await ear.hear(1) == [("g", "k", "create", b"1")]


async def test_a_page_is_a_part_in_order(storage: Storage) -> None:
    chat = storage.stream("chat")
    for n in (3, 1, 2):
        await chat.set("g", f"{n}", b"%d" % n, now=0)
    await chat.set("g", "gone", b"0", now=0, expires=1)

    async def page(offset: int, limit: int | None) -> list[str]:
        return [item.key for item in await chat.page("g", now=5, offset=offset, limit=limit)]

    assert await page(0, None) == ["3", "1", "2"]
    assert await page(1, 1) == ["1"]
    assert await page(2, 9) == ["2"]
    assert await page(9, 9) == await page(0, 0) == []
