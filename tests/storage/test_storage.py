"""What the bundle itself promises, on each backend."""

from __future__ import annotations

import anyio
import pytest
from msgspec import Raw

from motia_core.storage.base import Op, Storage

from .conftest import URLS, Opener

pytestmark = pytest.mark.anyio


async def test_check_passes_and_describe_says_something(storage: Storage) -> None:
    await storage.check()
    await storage.check()
    assert storage.describe


async def test_close_may_come_twice(storage: Storage) -> None:
    await storage.close()
    await storage.close()


async def test_listeners_hear_what_this_process_publishes(storage: Storage) -> None:
    first, second = storage.notifier.listen(), storage.notifier.listen()
    await storage.notifier.publish("deliveries", b"1")
    await storage.notifier.publish("streams", b"\n2")
    with anyio.fail_after(5):
        assert [await anext(first), await anext(first)] == [("deliveries", b"1"), ("streams", b"\n2")]
        assert await anext(second) == ("deliveries", b"1")


async def test_listening_ends_when_the_storage_is_closed(storage: Storage) -> None:
    heard: list[bytes] = []

    async def listen() -> None:
        async for _, message in storage.notifier.listen():
            heard.append(message)

    with anyio.fail_after(5):
        async with anyio.create_task_group() as group:
            group.start_soon(listen)
            await anyio.wait_all_tasks_blocked()
            await storage.notifier.publish("c", b"1")
            await anyio.wait_all_tasks_blocked()
            await storage.close()
    assert heard == [b"1"]


@pytest.mark.parametrize("backend", sorted(URLS))
async def test_many_at_once_lose_nothing(opener: Opener, backend: str) -> None:
    storage = await opener(URLS[backend])

    async def count(n: int) -> None:
        for _ in range(10):
            await storage.state.update("g", "k", [Op("increment", "", Raw(b"1"))], now=0)
            await storage.state.set("mine", str(n), b"%d" % n, now=0)
            assert await storage.state.get("mine", str(n), now=0) == b"%d" % n

    async with anyio.create_task_group() as group:
        for n in range(30):
            group.start_soon(count, n)
    assert await storage.state.get("g", "k", now=0) == b"300"
    assert len(await storage.state.keys("mine", now=0)) == 30
