"""Rights that one server holds at a time, on each backend."""

from __future__ import annotations

import anyio
import pytest

from motia_core.storage.base import Storage

pytestmark = pytest.mark.anyio


async def test_one_owner_at_a_time(storage: Storage) -> None:
    leases = storage.leases
    assert await leases.acquire("job", owner="me", now=0, until=100) is True
    assert await leases.acquire("job", owner="you", now=99, until=200) is False
    assert await leases.acquire("other", owner="you", now=0, until=100) is True
    assert await leases.acquire("job", owner="me", now=50, until=120) is True
    assert await leases.acquire("job", owner="you", now=119, until=200) is False
    assert await leases.acquire("job", owner="you", now=120, until=200) is True
    assert await leases.renew("job", owner="me", until=300) is False
    assert await leases.renew("job", owner="you", until=300) is True
    assert await leases.acquire("job", owner="me", now=250, until=400) is False
    await leases.release("job", owner="me")
    assert await leases.acquire("job", owner="me", now=250, until=400) is False
    await leases.release("job", owner="you")
    assert await leases.renew("job", owner="you", until=500) is False
    assert await leases.acquire("job", owner="me", now=250, until=400) is True


async def test_a_tick_is_taken_once_and_never_an_earlier_one(storage: Storage) -> None:
    leases = storage.leases
    assert await leases.last_tick("cron") is None
    assert await leases.take_tick("cron", 60) is True
    assert await leases.take_tick("cron", 60) is False
    assert await leases.take_tick("cron", 30) is False
    assert await leases.last_tick("cron") == 60
    assert await leases.take_tick("cron", 120) is True
    assert await leases.take_tick("other", 60) is True
    assert await leases.last_tick("cron") == 120


async def test_of_many_callers_one_takes_the_tick(storage: Storage) -> None:
    taken: list[bool] = []

    async def take() -> None:
        taken.append(await storage.leases.take_tick("cron", 1))

    async with anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(take)
    assert sorted(taken) == [False] * 19 + [True]
