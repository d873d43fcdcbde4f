"""Several servers on one file: they share the work, hear one another, and one that is killed takes nothing with it."""

from __future__ import annotations

import asyncio
import gc
import sqlite3
import sys
from pathlib import Path

import anyio
import pytest

from motia_core.storage.base import Op

from .conftest import Opener
from .deliveries import claim, emission, put, row

pytestmark = pytest.mark.anyio

CHILD = """
import asyncio, sys
from pathlib import Path
from msgspec import Raw
from motia_core.clock import Clock
from motia_core.config import Durability
from motia_core.model import Addressed, Event
from motia_core.storage.base import Emission
from motia_core.storage.open import open_storage

async def write(storage, number):
    count = 0
    while True:
        name = f"{number}-{count}"
        await storage.state.set("g", name, name.encode(), now=0)
        event = Event(topic="t", data=Raw(b'"%s"' % name.encode()), trace_id="T")
        await storage.events.put([Emission(event=event, to=(Addressed("a", 0),))], limit=10**9)
        print(name, flush=True)
        count += 1

async def work(storage, owner):
    while True:
        found = await storage.events.claim({"a": 7}, owner=owner, now=10, lease=10**9, limit=7)
        for one in found:
            print(one.id, flush=True)
        await storage.events.ack([one.id for one in found], owner=owner)
        if not found:
            return

async def main():
    folder = Path(sys.argv[2])
    storage = await open_storage("sqlite:motia.db", folder, folder, durability=Durability(), clock=Clock())
    if sys.argv[1] == "write":
        await asyncio.gather(*(write(storage, number) for number in range(8)))
    elif sys.argv[1] == "hold":
        found = await storage.events.claim({"a": 2}, owner="child", now=0, lease=1000, limit=2)
        print(len(found), flush=True)
        await asyncio.sleep(3600)
    else:
        await work(storage, sys.argv[1])
        await storage.close()

asyncio.run(main())
"""


async def child(folder: Path, what: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", CHILD, what, str(folder), stdout=asyncio.subprocess.PIPE
    )


async def lines(process: asyncio.subprocess.Process) -> list[str]:
    """All it still says; then it has ended."""
    assert process.stdout is not None
    said = (await process.stdout.read()).decode().split("\n")
    await process.wait()
    return said


async def test_what_was_acknowledged_survives_a_kill(opener: Opener, tmp_path: Path) -> None:
    acknowledged: set[str] = set()
    for _ in range(2):
        process = await child(tmp_path, "write")
        assert process.stdout is not None
        for _ in range(60):
            acknowledged.add((await process.stdout.readline()).decode().strip())
        process.kill()
        acknowledged.update((await lines(process))[:-1])
    check = sqlite3.connect(tmp_path / "motia.db")
    assert check.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    check.close()
    storage = await opener()
    stored = {item.key: item.value for item in await storage.state.group("g", now=0)}
    assert acknowledged <= stored.keys()
    assert all(value == key.encode() for key, value in stored.items())
    found = await claim(storage, room=100_000, limit=100_000)
    assert acknowledged <= {bytes(one.data).decode().strip('"') for one in found}


async def test_a_killed_server_gives_back_what_it_held_as_suspect(opener: Opener, tmp_path: Path) -> None:
    storage = await opener()
    await put(storage, emission("a"), emission("a"), emission("a"))
    process = await child(tmp_path, "hold")
    assert process.stdout is not None
    assert await process.stdout.readline() == b"2\n"
    process.kill()
    await lines(process)
    assert [one.suspect for one in await claim(storage, now=1000)] == [False]
    back = await claim(storage, now=1001)
    assert [(one.attempt, one.lost, one.deaths, one.suspect) for one in back] == [(2, 1, 0, True)] * 2


async def test_servers_that_make_the_file_at_the_same_time_do_not_meet_half_a_schema(tmp_path: Path) -> None:
    for attempt in range(3):
        folder = tmp_path / str(attempt)
        folder.mkdir()
        processes = [await child(folder, str(number)) for number in range(3)]
        for process in processes:
            await lines(process)
        assert [process.returncode for process in processes] == [0, 0, 0]
        assert list(folder.glob("*.schema-*")) == []


async def test_two_servers_share_the_work_and_nothing_runs_twice(opener: Opener, tmp_path: Path) -> None:
    storage = await opener()
    for _ in range(10):
        await put(storage, *(emission("a") for _ in range(30)))
    first, second = await child(tmp_path, "one"), await child(tmp_path, "two")
    said = [int(line) for line in await lines(first) + await lines(second) if line]
    assert (first.returncode, second.returncode) == (0, 0)
    assert len(said) == len(set(said)) == 300
    assert (await row(storage)).running == 0
    assert await claim(storage, now=10**10) == []


async def test_two_storages_on_one_file_see_each_others_writes(opener: Opener) -> None:
    one, two = await opener(), await opener()
    increment = [Op("increment", "", b"1")]  # type: ignore[arg-type]

    async def count(storage: object) -> None:
        for _ in range(25):
            await storage.state.update("g", "k", increment, now=0)  # type: ignore[attr-defined]

    async with anyio.create_task_group() as group:
        for storage in (one, two, one, two):
            group.start_soon(count, storage)
    assert await one.state.get("g", "k", now=0) == await two.state.get("g", "k", now=0) == b"100"
    await one.events.tick("cron", 5, None, now=5)
    assert await two.events.tick("cron", 5, None, now=5) == "taken"
    assert await two.events.last_tick("cron") == 5
    await put(one, emission("a", group="g", fifo=True))
    await put(two, emission("a", group="g", fifo=True))
    assert len(await claim(one) + await claim(two)) == 1


async def test_servers_hear_one_another(opener: Opener) -> None:
    one, two = await opener(), await opener()
    heard = one.notifier.listen(), two.notifier.listen()
    with anyio.fail_after(10):
        got: tuple[str, bytes] | None = None
        while got is None:  # lossy until each knows of the other
            await one.notifier.publish("c", b"1\n")
            with anyio.move_on_after(0.2):
                got = await anext(heard[1])
        assert got == ("c", b"1\n")
    assert await anext(heard[0]) == ("c", b"1\n")


async def test_nothing_is_written_for_servers_that_do_not_listen(opener: Opener, tmp_path: Path) -> None:
    one, two = await opener(), await opener()
    listener = one.notifier.listen()
    await asyncio.sleep(0.25)
    await one.notifier.publish("c", b"1")
    await two.notifier.publish("c", b"2")
    with anyio.fail_after(10):
        assert [await anext(listener), await anext(listener)] == [("c", b"1"), ("c", b"2")]
    await one.close()
    check = sqlite3.connect(tmp_path / "motia.db")
    assert check.execute("SELECT message FROM messages").fetchall() == [(b"2",)]
    assert check.execute("SELECT count(*) FROM listeners").fetchone() == (0,)
    check.close()


async def test_a_forgotten_listener_is_forgotten(opener: Opener) -> None:
    storage = await opener("memory:")
    listener = storage.notifier.listen()
    kept = storage.notifier.listen()
    del listener
    gc.collect()
    await storage.notifier.publish("c", b"1")
    assert len(storage.notifier._listeners._all) == 1  # type: ignore[attr-defined]
    assert await anext(kept) == ("c", b"1")
