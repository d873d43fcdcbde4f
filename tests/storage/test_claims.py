"""How many may be claimed at a time by all servers together, and when what servers have lost comes back, on each backend."""

from __future__ import annotations

import pytest

from motia_core.storage.base import Storage

from .deliveries import claim, emission, put, row

pytestmark = pytest.mark.anyio


async def test_a_limit_over_all_owners_holds(storage: Storage) -> None:
    await put(storage, *(emission("a") for _ in range(9)), emission("b"))
    room = {"a": 5, "b": 5}

    async def take(owner: str, most: int, now: int = 1000) -> list[int]:
        found = await storage.events.claim(room, owner=owner, now=now, lease=now + 1000, limit=100, most={"a": most})
        return [one.id for one in found if one.step == "a"]

    first = await take("me", 2)
    assert len(first) == 2
    assert await take("you", 2) == []
    assert len(await take("you", 3)) == 1
    assert (await row(storage, "b")).running == 1
    await storage.events.ack(first[:1], owner="me")
    assert len(await take("third", 3)) == 1
    assert len(await take("third", 3, now=5000)) == 3, "what was held by the dead counts no more"


async def test_what_was_lost_before_comes_back_spread_out_and_each_time_otherwise(storage: Storage) -> None:
    await put(storage, *(emission("a") for _ in range(40)))
    moments: list[dict[int, int]] = []
    for start in range(0, 40_000, 10_000):
        back: dict[int, int] = {}
        for at in range(0, 4000, 500):
            back |= dict.fromkeys([one.id for one in await claim(storage, now=start + at, lease=start + 5000)], at)
        moments.append(back)
    assert [len(set(back.values())) for back in moments] == [1, 1, 8, 8], "after the first time nothing waits"
    assert all(len(back) == 40 for back in moments)
    pairs = [{(a, b) for a in one for b in one if a < b and one[a] == one[b]} for one in moments[2:]]
    assert len(pairs[0] & pairs[1]) < len(pairs[0]) / 2
