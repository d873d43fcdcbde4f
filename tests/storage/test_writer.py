"""Group commit: what is promised to each of many callers when one of them, or the disk, fails."""

from __future__ import annotations

import asyncio
import resource
import sqlite3
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from msgspec import Raw

from motia_core.config import Durability
from motia_core.errors import BacklogFull, CallRefused, StoreUnavailable, TransactionConflict
from motia_core.storage.base import Op, Seen, StateWrite
from motia_core.storage.sqlite import thread
from motia_core.storage.sqlite.batch import PAGE
from motia_core.storage.sqlite.storage import SqliteStorage
from motia_core.storage.sqlite.thread import submit
from motia_core.storage.sqlite.transaction import Transaction
from motia_core.storage.sqlite.writer import CHECKPOINT_PAGES

from .conftest import Opener
from .deliveries import claim, emission, put, row

pytestmark = pytest.mark.anyio

INCREMENT = [Op("increment", "", Raw(b"1"))]


async def together(*calls: Coroutine[Any, Any, object]) -> list[object]:
    """All at once, so that they share a transaction; errors as results."""
    return list(await asyncio.gather(*calls, return_exceptions=True))


async def test_a_failing_work_does_not_touch_its_neighbours(sqlite: SqliteStorage) -> None:
    await sqlite.state.set("g", "text", b'"x"', now=0)
    state, events = sqlite.state, sqlite.events
    stale = Seen(group="g", key="text", version="1000000")

    def half(tx: Transaction) -> None:
        tx.execute("INSERT INTO once VALUES ('half', 'k', x'00', 0)")
        raise ValueError("half way")

    results = await together(
        state.set("g", "before", b"1", now=0),
        state.update("g", "text", INCREMENT, now=0),
        events.put([emission("a"), emission("a")], limit=10),
        events.put([emission("a"), emission("a"), emission("a", dedup="x")], limit=3),
        sqlite.database.write(half),
        state.set("g", "\ud800", b"1", now=0),
        sqlite.transaction([stale], [StateWrite(group="g", key="never", value=b"1")], now=0, limit=10),
        sqlite.transaction([], [StateWrite(group="g", key="never", value=b"1"), emission("a", "a")], now=0, limit=3),
        state.set("g", "expires", b"1", now=0, expires=2**70),
        state.set("g", "after", b"1", now=0),
        events.put([emission("a", dedup="x")], limit=3),
    )
    kinds = [type(result) if isinstance(result, BaseException) else None for result in results]
    assert kinds == [
        None,
        CallRefused,
        None,
        BacklogFull,
        ValueError,
        CallRefused,
        TransactionConflict,
        BacklogFull,
        CallRefused,
        None,
        None,
    ]
    assert await state.keys("g", now=0) == ["text", "before", "after"]
    assert await events.once_get("half", "k") is None
    assert (await row(sqlite)).ready == 3
    with pytest.raises(BacklogFull):
        await put(sqlite, emission("a"), limit=3)


async def test_works_of_a_kind_keep_the_order_of_each_key(sqlite: SqliteStorage) -> None:
    state = sqlite.state
    for _ in range(3):
        results = await together(
            state.set("g", "k", b"1", now=0),
            state.set("g", "j", b"2", now=0),
            state.set("g", "k", b"3", now=0),
            state.delete("g", "j", now=0),
            state.set("g", "i", b"4", now=0, expires=5),
            state.set("g", "i", b"5", now=9),
            state.set("g", "j", b"6", now=0),
        )
        assert results == [True, True, False, b"2", True, True, True]
        assert await state.keys("g", now=9) == ["k", "i", "j"]
        assert [item.value for item in await state.group("g", now=9)] == [b"3", b"5", b"6"]
        await state.clear("g", now=0)


async def test_many_of_a_kind_are_all_done(sqlite: SqliteStorage) -> None:
    await sqlite.state.set("g", "k7", b"0", now=0)
    await sqlite.state.set("g", "k8", b"0", now=0, expires=1)
    new = await together(*(sqlite.state.set("g", f"k{n}", b"%d" % n, now=5) for n in range(150)))
    assert new == [n != 7 for n in range(150)]
    assert {item.key: item.value for item in await sqlite.state.group("g", now=5)} == {
        f"k{n}": b"%d" % n for n in range(150)
    }
    puts = [emission("a", data=b"%d" % n, group=f"g{n % 3}", fifo=n % 2 == 0) for n in range(150)]
    await together(*(sqlite.events.put([one], limit=1000) for one in puts))
    found = await claim(sqlite, room=1000, limit=1000)
    assert len(found) == 75 + 3
    await together(*(sqlite.events.ack([one.id], owner="me") for one in found))
    assert await row(sqlite) == type(await row(sqlite))(step="a", ready=3, blocked=69, oldest=100)


async def test_order_is_kept_around_a_transaction(sqlite: SqliteStorage) -> None:
    def one(n: int) -> list[Any]:
        return [emission("a", data=b"%d" % n, group="g", fifo=True)]

    await together(
        sqlite.transaction([], one(0), now=0, limit=10),
        sqlite.events.put(one(1), limit=10),
        sqlite.transaction([], one(2), now=0, limit=10),
        sqlite.events.put(one(3), limit=10),
    )
    order = []
    while found := await claim(sqlite):
        order.append(int(bytes(found[0].data)))
        await sqlite.events.ack([found[0].id], owner="me")
    assert order == [0, 1, 2, 3]


async def test_the_work_of_a_cancelled_caller_is_done_and_harms_nobody(sqlite: SqliteStorage) -> None:
    task = asyncio.create_task(sqlite.state.set("g", "cancelled", b"1", now=0))
    other = asyncio.create_task(sqlite.state.set("g", "other", b"1", now=0))
    await asyncio.sleep(0)
    task.cancel()
    assert await other is True
    assert await sqlite.state.keys("g", now=0) == ["cancelled", "other"]


async def test_everything_handed_in_is_committed_before_close(opener: Opener) -> None:
    storage = await opener()
    tasks = [asyncio.create_task(storage.state.set("g", str(n), b"1", now=0)) for n in range(200)]
    await asyncio.sleep(0)
    await storage.close()
    assert all(await asyncio.gather(*tasks))
    assert len(await (await opener()).state.keys("g", now=0)) == 200


async def test_after_close_every_call_says_so(opener: Opener) -> None:
    storage = await opener()
    await storage.close()
    for call in (
        storage.state.set("g", "k", b"1", now=0),
        storage.state.get("g", "k", now=0),
        storage.state.group("g", now=0),
        storage.check(),
    ):
        with pytest.raises(StoreUnavailable, match="closed"):
            await call


@pytest.mark.parametrize("wanted", ["full", "normal"])
async def test_full_means_synchronous_full_and_normal_less(opener: Opener, wanted: str) -> None:
    storage = await opener(durability=Durability(events=wanted, state="normal"))  # type: ignore[arg-type]
    assert isinstance(storage, SqliteStorage)
    seen: dict[str, int] = {}

    def look(name: str) -> None:
        def work(tx: Transaction) -> None:
            seen[name] = tx.execute("PRAGMA synchronous").fetchone()[0]

        calls.append(storage.database.write(work))

    calls: list[Any] = []
    look("with put")
    await together(storage.events.put([emission("a")], limit=10), *calls)
    calls = []
    look("with set")
    await together(storage.state.set("g", "k", b"1", now=0), storage.events.ack([1], owner="me"), *calls)
    calls = []
    look("with transaction")
    await together(storage.transaction([], [StateWrite(group="g", key="k", value=b"2")], now=0, limit=9), *calls)
    full, normal = 2, 1
    expected = full if wanted == "full" else normal
    assert seen == {"with put": expected, "with set": normal, "with transaction": expected}


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """Writes beyond `size` fail, as on a full disk, but only when they reach it: at the commit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_commit_that_fails_fails_all_and_work_resumes_by_itself(sqlite: SqliteStorage) -> None:
    await sqlite.state.set("g", "before", b"1", now=0)
    with files_no_larger_than(64 * 1024):
        calls = [sqlite.state.set("g", f"large{n}", b"x" * 50_000, now=0) for n in range(3)]
        results = await together(*calls, sqlite.events.put([emission("a")], limit=10))
    assert [type(result) for result in results] == [StoreUnavailable] * 4
    assert "motia.db cannot be used: the disk answered with an error" in str(results[0])
    assert await sqlite.state.keys("g", now=0) == ["before"]
    await sqlite.check()
    await sqlite.state.set("g", "after", b"1", now=0)
    await put(sqlite, emission("a"), limit=1)
    assert await sqlite.state.keys("g", now=0) == ["before", "after"]


async def test_a_full_disk_is_named_and_work_resumes_by_itself(sqlite: SqliteStorage) -> None:
    def pages(limit: int) -> Any:
        return sqlite.database.write(lambda tx: tx.execute(f"PRAGMA max_page_count = {limit}").fetchone())

    await pages(60)
    results = await together(*(sqlite.state.set("g", str(n), b"x" * 90_000, now=0) for n in range(5)))
    assert [type(result) for result in results] == [StoreUnavailable] * 5
    assert "motia.db cannot be used: the disk is full" in str(results[0])
    await pages(100_000)
    await sqlite.check()
    assert await together(*(sqlite.state.set("g", str(n), b"x" * 90_000, now=0) for n in range(5))) == [True] * 5


async def test_a_read_only_file_is_named_and_reads_go_on(sqlite: SqliteStorage) -> None:
    async def writable(yes: bool) -> None:
        await submit(sqlite.database._writing, lambda db: db.execute(f"PRAGMA query_only = {not yes}"))

    await sqlite.state.set("g", "k", b"1", now=0)
    await writable(False)
    with pytest.raises(StoreUnavailable, match="read-only"):
        await sqlite.state.set("g", "k", b"2", now=0)
    with pytest.raises(StoreUnavailable, match="read-only"):
        await sqlite.check()
    assert await sqlite.state.get("g", "k", now=0) == b"1"
    await writable(True)
    await sqlite.check()


async def test_a_lock_kept_by_another_process_is_named(opener: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thread, "LOCK_WAIT", 0.05)
    storage = await opener()
    other = sqlite3.connect(storage.describe, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="locked"):
            await storage.state.set("g", "k", b"1", now=0)
        assert await storage.state.get("g", "k", now=0) is None
        other.execute("ROLLBACK")
        assert await storage.state.set("g", "k", b"1", now=0) is True
    finally:
        other.close()


async def test_a_removed_or_replaced_file_is_noticed_by_check(sqlite: SqliteStorage) -> None:
    path = sqlite.database.path
    kept = path.with_name("kept")
    path.rename(kept)
    with pytest.raises(StoreUnavailable, match="is gone"):
        await sqlite.check()
    path.write_bytes(b"")
    with pytest.raises(StoreUnavailable, match="replaced"):
        await sqlite.check()
    kept.replace(path)
    await sqlite.check()


async def test_the_log_stays_bounded_when_all_commits_are_small(opener: Opener) -> None:
    storage = await opener()
    for n in range(2000):  # 80 MB
        await storage.state.set("g", str(n % 7), b"%d" % n * 10_000, now=0)
    log = Path(f"{storage.describe}-wal")
    assert 0 < log.stat().st_size < 3 * CHECKPOINT_PAGES * PAGE
    assert await storage.state.get("g", str(1999 % 7), now=0) == b"1999" * 10_000


async def test_the_loop_goes_on_while_another_server_has_the_lock(opener: Opener) -> None:
    storage = await opener()
    await storage.state.set("g", "k", b"1", now=0)  # from here on the next would be committed on the loop
    other = sqlite3.connect(storage.describe, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        waiting = asyncio.create_task(storage.state.set("g", "k", b"2", now=0))
        for _ in range(50):
            await asyncio.sleep(0.001)
        assert not waiting.done()
        other.execute("ROLLBACK")
        assert await waiting is False
        assert await storage.state.get("g", "k", now=0) == b"2"
    finally:
        other.close()
