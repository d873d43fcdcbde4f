"""Order within a (step, group), on each backend."""

from __future__ import annotations

import random

import pytest

from motia_core.model import Delivery
from motia_core.storage.base import Storage

from .deliveries import FAILURE, claim, emission, put, row

pytestmark = pytest.mark.anyio


async def fill(storage: Storage, *groups: str | None, count: int = 3) -> None:
    for n in range(count):
        await put(storage, *(emission("a", group=group, fifo=True, data=b"%d" % n) for group in groups))


def shown(found: list[Delivery]) -> list[tuple[str | None, bytes]]:
    return [(one.group, bytes(one.data)) for one in found]


async def test_only_the_head_of_each_group_is_claimable(storage: Storage) -> None:
    await fill(storage, "g", "h")
    heads = await claim(storage)
    assert shown(heads) == [("g", b"0"), ("h", b"0")]
    assert await claim(storage) == []
    await storage.events.ack([heads[0].id], owner="me")
    assert shown(await claim(storage)) == [("g", b"1")]


async def test_without_a_group_nothing_waits_for_another(storage: Storage) -> None:
    await fill(storage, None)
    assert shown(await claim(storage)) == [(None, b"0"), (None, b"1"), (None, b"2")]


async def test_the_empty_group_is_a_group(storage: Storage) -> None:
    await fill(storage, "")
    assert shown(await claim(storage)) == [("", b"0")]


async def test_the_group_waits_while_its_head_backs_off(storage: Storage) -> None:
    await fill(storage, "g")
    [head] = await claim(storage)
    await storage.events.retry(head.id, owner="me", due=5000, failure=FAILURE)
    assert await claim(storage, now=4999) == []
    assert await storage.events.due(["a"]) == 5000
    assert shown(await claim(storage, now=5000)) == [("g", b"0")]


async def test_a_released_or_expired_head_stays_the_head(storage: Storage) -> None:
    await fill(storage, "g")
    [head] = await claim(storage)
    await storage.events.release([head.id], owner="me")
    [again] = await claim(storage, now=1000, lease=2000)
    assert again.id == head.id
    [again] = await claim(storage, owner="you", now=2001)
    assert again.id == head.id


async def test_a_buried_head_lets_the_next_go(storage: Storage) -> None:
    await fill(storage, "g")
    [head] = await claim(storage)
    await storage.events.bury(head.id, owner="me", reason="failed", failure=FAILURE, now=0)
    assert shown(await claim(storage)) == [("g", b"1")]


async def test_a_redriven_one_never_runs_beside_another_of_its_group(storage: Storage) -> None:
    await fill(storage, "g")
    [first] = await claim(storage)
    await storage.events.bury(first.id, owner="me", reason="failed", failure=FAILURE, now=0)
    [second] = await claim(storage)
    await storage.events.redrive([first.id], now=1000)
    assert await claim(storage) == []
    await storage.events.ack([second.id], owner="me")
    assert shown(await claim(storage)) == [("g", b"0")]
    assert await claim(storage) == []
    await storage.events.ack([first.id], owner="me")
    assert shown(await claim(storage)) == [("g", b"2")]


async def test_a_delayed_head_holds_its_group_and_a_delayed_follower_waits_longer(storage: Storage) -> None:
    await put(storage, emission("a", group="g", fifo=True, due=2000), emission("a", group="g", fifo=True, due=0))
    await put(storage, emission("a", group="g", fifo=True, due=7000))
    assert await claim(storage, now=1999) == []
    for _ in range(2):
        [one] = await claim(storage, now=2000)
        await storage.events.ack([one.id], owner="me")
    assert await claim(storage, now=6999) == []
    assert len(await claim(storage, now=7000)) == 1


async def test_steps_and_other_groups_do_not_wait_for_one_another(storage: Storage) -> None:
    await put(storage, emission("a", "b", group="g", fifo=True), emission("a", group="h", fifo=True))
    assert len(await claim(storage, "a", "b")) == 3


async def test_under_random_handling_each_group_runs_in_order_and_one_at_a_time(storage: Storage) -> None:
    chance = random.Random(7)
    groups = ["g", "h", "i"]
    await fill(storage, *groups, count=20)
    done: dict[str, list[int]] = {group: [] for group in groups}
    running: dict[int, Delivery] = {}
    now = 1000
    while sum(map(len, done.values())) < 60:
        now += 10
        for one in await claim(storage, now=now, lease=now + 10_000, room=chance.randint(0, 3)):
            assert one.group not in [other.group for other in running.values()]
            running[one.id] = one
        for id, one in list(running.items()):
            fate = chance.random()
            if fate < 0.5:
                await storage.events.ack([id], owner="me")
                done[str(one.group)].append(int(bytes(one.data)))
            elif fate < 0.7:
                await storage.events.retry(id, owner="me", due=now + chance.randint(0, 50), failure=FAILURE)
            elif fate < 0.8:
                await storage.events.release([id], owner="me")
            else:
                continue
            del running[id]
    assert done == {group: list(range(20)) for group in groups}
    assert (await row(storage)).blocked == 0
