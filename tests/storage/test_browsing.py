"""What people may look at page by page, on every backend."""

from __future__ import annotations

import pytest
from msgspec import Raw

from motia_core.model import Addressed, Event
from motia_core.storage.base import Emission, Storage
from motia_core.storage.bounds import NO_LIMIT

pytestmark = pytest.mark.anyio
NOW = 1_000_000


async def put(storage: Storage, *steps: str, due: int = NOW, group: str | None = None, data: bytes = b"{}") -> None:
    event = Event(topic="t", data=Raw(data), trace_id="trace", flows=("f",), group=group, created=NOW)
    to = tuple(Addressed(step, due, group is not None) for step in steps)
    await storage.events.put([Emission(event=event, to=to)], limit=NO_LIMIT)


async def test_deliveries_are_paged_by_step_and_state(storage: Storage) -> None:
    for _ in range(3):
        await put(storage, "a")
    await put(storage, "a", due=NOW + 5000)
    await put(storage, "b", "b", group="g")
    [claimed] = await storage.events.claim({"a": 1}, owner="me", now=NOW, lease=NOW + 60_000, limit=1)
    look = storage.browsing.deliveries
    everything = await look(now=NOW)
    assert [(one.step, one.state) for one in everything] == [
        ("a", "running"), ("a", "waiting"), ("a", "waiting"), ("a", "delayed"), ("b", "waiting"), ("b", "blocked"),
    ]  # fmt: skip
    assert everything[0].id == claimed.id
    assert (everything[0].attempt, everything[0].lease) == (1, NOW + 60_000)
    first = await look(step="a", limit=2, now=NOW)
    second = await look(step="a", limit=2, after=first[-1].id, now=NOW)
    assert [*first, *second] == everything[:4]
    assert [one.state for one in await look(state="delayed", now=NOW)] == ["delayed"]
    assert await look(state="delayed", now=NOW + 5000) == []
    assert [one.step for one in await look(state="blocked", now=NOW)] == ["b"]


async def test_long_data_is_left_out_of_pages_only(storage: Storage) -> None:
    await put(storage, "a", data=b'"%b"' % (b"x" * 100))
    [one] = await storage.browsing.deliveries(longest=50, now=NOW)
    assert (one.data, one.size) == (None, 102)
    whole = await storage.browsing.delivery(one.id, now=NOW)
    assert whole is not None
    assert len(bytes(whole.data or b"")) == 102
    assert await storage.browsing.delivery(10**9, now=NOW) is None


async def test_deliveries_are_hastened_and_dropped_one_by_one(storage: Storage) -> None:
    await put(storage, "a", "a", due=NOW + 5000)
    late, other = await storage.browsing.deliveries(now=NOW)
    assert await storage.browsing.hasten([late.id, 10**9], now=NOW) == 1
    [claimed] = await storage.events.claim({"a": 5}, owner="me", now=NOW, lease=NOW + 60_000, limit=5)
    assert claimed.id == late.id
    assert await storage.browsing.drop([late.id, other.id, other.id]) == 1
    assert [one.id for one in await storage.browsing.deliveries(now=NOW)] == [late.id]
    await put(storage, "a")  # the count of what waits is right: exactly one more finds room
    assert [(row.ready, row.running) for row in await storage.events.backlog(now=NOW)] == [(1, 1)]


async def test_a_dropped_head_gives_its_turn_to_the_next(storage: Storage) -> None:
    for _ in range(3):
        await put(storage, "a", group="g")
    head, second, third = await storage.browsing.deliveries(now=NOW)
    assert await storage.browsing.drop([third.id]) == 1
    assert await storage.browsing.drop([head.id]) == 1
    assert [(one.id, one.state) for one in await storage.browsing.deliveries(now=NOW)] == [(second.id, "waiting")]


async def test_values_are_paged_by_group_and_key(storage: Storage) -> None:
    for group in ("b", "a:x", "a"):
        for key in ("", "k:1", "ä"):
            await storage.state.set(group, key, b'"v"', now=NOW)
    await storage.state.set("a", "gone", b"1", now=NOW, expires=NOW + 1)
    await storage.stream("s").set("a", "i", b'{"id":"i"}', now=NOW)
    look = storage.browsing.values
    everything = await look(now=NOW + 1)
    assert [(one.group, one.key) for one in everything] == [(g, k) for g in ("a", "a:x", "b") for k in ("", "k:1", "ä")]
    pages, after = [], None
    while found := await look(limit=2, after=after, now=NOW + 1):
        pages += found
        after = (found[-1].group, found[-1].key)
    assert pages == everything
    assert [one.key for one in await look(group="a", now=NOW + 1)] == ["", "k:1", "ä"]
    assert [one.key for one in await look(group="a", after=("a", ""), now=NOW + 1)] == ["k:1", "ä"]
    assert [one.expires for one in await look(group="a", after=("a", ""), limit=1, now=NOW)] == [NOW + 1]
    assert [one.key for one in await look(stream="s", now=NOW)] == ["i"]
    assert [(one.value, one.size) for one in await look(longest=2, limit=1, now=NOW)] == [(None, 3)]


async def test_groups_tell_how_much_they_hold(storage: Storage) -> None:
    for group, count in (("b", 1), ("a", 2)):
        for key in range(count):
            await storage.state.set(group, str(key), b"123", now=NOW)
    await storage.state.set("c", "gone", b"1", now=NOW, expires=NOW + 1)
    found = await storage.browsing.groups(now=NOW + 1)
    assert [(one.name, one.count, one.size) for one in found] == [("a", 2, 6), ("b", 1, 3)]
    assert [one.name for one in await storage.browsing.groups(after="a", limit=1, now=NOW + 1)] == ["b"]
    assert await storage.browsing.groups(stream="none", now=NOW) == []
    assert await storage.browsing.group("a", now=NOW + 1) == found[0]
    assert await storage.browsing.group("c", now=NOW + 1) is None
    assert await storage.browsing.group("a", stream="none", now=NOW) is None
