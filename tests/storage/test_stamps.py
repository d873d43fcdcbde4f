"""The numbers of streams' changes: one order for all servers of a database, and for whoever reads in the midst of it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from typing import Any

import anyio
import pytest

from motia_core.storage.base import Storage
from motia_core.storage.items import CHANNEL
from motia_core.storage.sqlite.storage import SqliteStorage

from .conftest import Opener
from .ears import Ear

pytestmark = pytest.mark.anyio


async def test_stamps_follow_the_clock_and_never_go_back(storage: Storage) -> None:
    ear, chat = Ear(storage), storage.stream("chat")
    far = 4_102_444_800_000
    for now in (far, far, 3, far + 10, 0):
        await chat.send("g", None, b"{}", now=now)
    await ear.hear(5)
    assert ear.stamps == [far, far + 1, far + 2, far + 10, far + 11]


async def test_stamps_go_on_after_a_restart(opener: Opener) -> None:
    far = 4_102_444_800_000
    first = await opener()
    await first.stream("a").set("g", "k", b"{}", now=far)
    await first.close()
    second = await opener()
    ear = Ear(second)
    await second.stream("b").set("g", "k", b"{}", now=5)
    await ear.hear(1)
    assert ear.stamps == [far + 1]


async def test_a_snapshot_says_what_is_in_it(storage: Storage) -> None:
    ear, chat = Ear(storage), storage.stream("chat")
    _, first = await chat.snapshot("g", now=50)
    assert first > 0
    for key in ("2", "1"):
        await chat.set("g", key, key.encode(), now=0)
    await storage.stream("other").set("g", "x", b"{}", now=0)
    await ear.hear(3)
    items, stamp = await chat.snapshot("g", now=0)
    assert ([item.key for item in items], stamp) == (["2", "1"], ear.stamps[-1])
    items, stamp = await chat.snapshot("g", "1", now=0)
    assert ([item.value for item in items], stamp) == ([b"1"], ear.stamps[-1])
    assert await chat.snapshot("g", "none", now=0) == ([], ear.stamps[-1])
    await chat.set("g", "c", b"{}", now=0)
    assert (await ear.next()).timestamp > stamp


async def test_stamps_that_are_passed_over_are_no_changes(storage: Storage) -> None:
    """Clients are given them without a change: a later one has a greater stamp, and so has what is read."""
    ear, chat, far = Ear(storage), storage.stream("chat"), 4_102_444_800_000
    await chat.send("g", None, b"{}", now=far)
    for stamp in (far + 5, far + 2):
        await storage.stream("other").pass_over(stamp)
        assert (await chat.snapshot("g", now=0))[1] == far + 5
    await chat.send("g", None, b"{}", now=0)
    await ear.hear(2)
    assert ear.stamps == [far, far + 6]


async def test_what_other_servers_no_longer_want_to_hear_overtakes_nothing(
    sqlite: SqliteStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change read from the table with the others' is told before a later one that needs no table any more, also where
    the table is locked for a moment."""
    notifier, heard, look = sqlite.notifier, sqlite.notifier.listen(), sqlite.database.look

    async def slowly(sql: str, parameters: Sequence[object] = ()) -> list[Any]:
        for _ in range(5):
            await asyncio.sleep(0)
        return await look(sql, parameters)

    monkeypatch.setattr(sqlite.database, "look", slowly)
    for number in range(20):
        first, second = b"%d first" % number, b"%d second" % number
        row = ("INSERT INTO messages (origin, channel, message, created) VALUES ('', ?, ?, 0)", (CHANNEL, first))
        await sqlite.database.write(lambda tx, row=row: tx.execute(*row).rowcount)
        notifier.committed([first], True)
        for _ in range(number):
            await asyncio.sleep(0)
        notifier.committed([second], False)
        with anyio.fail_after(10):
            assert [(await anext(heard))[1], (await anext(heard))[1]] == [first, second]


async def test_a_snapshot_is_of_one_moment(sqlite: SqliteStorage) -> None:
    chat = sqlite.stream("chat")
    await chat.set("g", "k", b"1", now=0)
    before = await chat.snapshot("g", now=0)
    written: list[str] = []

    def between(statement: str) -> None:
        """Another process is quick enough to change the item after its stamp was read."""
        if "FROM entries" in statement:
            written.append(statement)
            with closing(sqlite3.connect(sqlite.database.path)) as other, other:
                other.execute("UPDATE counters SET stamp = stamp + 1")
                other.execute("UPDATE entries SET value = x'32'")

    await sqlite.database.read(lambda db: db.set_trace_callback(between))
    assert await chat.snapshot("g", now=0) == before
    await sqlite.database.read(lambda db: db.set_trace_callback(None))
    items, stamp = await chat.snapshot("g", now=0)
    assert ([item.value for item in items], stamp, len(written)) == ([b"2"], before[1] + 1, 1)


async def test_two_servers_tell_all_changes_in_one_order_and_lose_none(opener: Opener) -> None:
    one, two = await opener(), await opener()
    ears = Ear(one), Ear(two)
    known = (await one.database.look("SELECT count(*) FROM listeners"))[0][0]  # type: ignore[attr-defined]
    with anyio.fail_after(10):
        while known < 2:  # from here on nothing is lost, whatever either believes of the other
            await asyncio.sleep(0.001)
            known = (await one.database.look("SELECT count(*) FROM listeners"))[0][0]  # type: ignore[attr-defined]

    async def write(storage: Storage, name: str) -> None:
        for n in range(100):
            await storage.stream("chat").set("g", f"{n % 5}", b'"%s%d"' % (name.encode(), n), now=0)

    async with anyio.create_task_group() as group:
        group.start_soon(write, one, "a")
        group.start_soon(write, two, "b")
    heard = [await ear.hear(200) for ear in ears]
    assert heard[0] == heard[1]
    assert ears[0].stamps == ears[1].stamps == sorted(set(ears[0].stamps))
    assert [kind for _, _, kind, _ in heard[0]].count("create") == 5
