"""Ticks of cron steps, on each backend: taken once, and put in the same commit."""

from __future__ import annotations

import anyio
import pytest

from motia_core.storage.base import Emission, Storage
from motia_core.storage.bounds import TICK_AHEAD

from .deliveries import claim, emission, row

pytestmark = pytest.mark.anyio


def tick(*, fifo: bool = False) -> Emission:
    return emission("cron", group="cron", fifo=fifo)


async def test_a_tick_is_taken_once_and_never_an_earlier_one(storage: Storage) -> None:
    events = storage.events
    assert await events.last_tick("cron") is None
    assert await events.tick("cron", 60, tick(), now=60) == "put"
    assert await events.tick("cron", 60, tick(), now=60) == "taken"
    assert await events.tick("cron", 30, tick(), now=60) == "taken"
    assert await events.last_tick("cron") == 60
    assert await events.tick("cron", 120, tick(), now=60) == "put"
    assert await events.tick("other", 60, None, now=60) == "put"
    assert (await events.last_tick("cron"), await events.last_tick("other")) == (120, 60)
    assert (await row(storage, "cron")).ready == 2


async def test_of_many_callers_one_takes_the_tick(storage: Storage) -> None:
    took: list[str] = []

    async def take() -> None:
        took.append(await storage.events.tick("cron", 1, tick(), now=1))

    async with anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(take)
    assert sorted(took) == ["put"] + ["taken"] * 19
    assert (await row(storage, "cron")).ready == 1


async def test_one_that_runs_skips_the_next_if_they_are_one_group(storage: Storage) -> None:
    events = storage.events
    assert await events.tick("cron", 1, tick(fifo=True), now=1) == "put"
    [first] = await claim(storage, "cron")
    assert await events.tick("cron", 2, tick(fifo=True), now=2) == "running"
    assert await events.tick("cron", 3, tick(), now=3) == "put"
    await events.ack([first.id], owner="me")
    assert await events.tick("cron", 4, tick(fifo=True), now=4) == "put"
    assert await events.tick("cron", 4, tick(fifo=True), now=4) == "taken"
    assert (await row(storage, "cron")).ready == 2


async def test_one_that_only_waits_keeps_its_turn(storage: Storage) -> None:
    """Its server was killed: the lease has ended, and it runs before the next."""
    assert await storage.events.tick("cron", 1, tick(fifo=True), now=1) == "put"
    await claim(storage, "cron", now=1, lease=2)
    assert await claim(storage, "cron", room=0, now=3) == []
    assert await storage.events.tick("cron", 4, tick(fifo=True), now=4) == "put"
    backlog = await row(storage, "cron")
    assert (backlog.ready, backlog.blocked) == (1, 1)


async def test_a_tick_taken_by_a_clock_that_was_far_ahead_holds_up_none(storage: Storage) -> None:
    events, now = storage.events, 1_000_000
    assert await events.tick("cron", now + TICK_AHEAD, tick(), now=now + TICK_AHEAD) == "put"
    assert await events.tick("cron", now, tick(), now=now) == "taken"
    assert await events.tick("cron", now - 1, tick(), now=now - 1) == "put"
    assert await events.last_tick("cron") == now - 1


async def test_a_full_backlog_takes_a_tick(storage: Storage) -> None:
    await storage.events.put([emission("a")], limit=1)
    assert await storage.events.tick("cron", 1, tick(), now=1) == "put"
