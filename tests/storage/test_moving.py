"""Deliveries of a step that is no more: redirected to another or dropped by hand, on each backend."""

from __future__ import annotations

import pytest

from motia_core.errors import BacklogFull
from motia_core.storage.base import Backlog, Storage

from .deliveries import FAILURE, claim, emission, put, row

pytestmark = pytest.mark.anyio


async def data(storage: Storage, step: str, *, now: int = 1000) -> list[bytes]:
    """What a step can claim, one after another."""
    found = []
    while claimed := await claim(storage, step, now=now, lease=10**9):
        for one in claimed:
            found.append(bytes(one.data))
            await storage.events.ack([one.id], owner="me")
    return found


async def test_what_waits_goes_to_another_step_and_what_runs_stays(storage: Storage) -> None:
    await put(storage, *(emission("old", data=b"%d" % n) for n in range(4)), emission("new", data=b"9"))
    [running] = await claim(storage, "old", room=1, lease=10**9)
    await put(storage, emission("old", data=b"4", due=5000))
    assert await storage.events.redirect("old", "new", fifo=False, now=2000) == 4
    assert await storage.events.backlog(now=2000) == [
        Backlog(step="new", ready=4, delayed=1, oldest=100),
        Backlog(step="old", running=1),
    ]
    assert await data(storage, "new") == [b"1", b"2", b"3", b"9"]
    assert await data(storage, "new", now=5000) == [b"4"]
    await storage.events.ack([running.id], owner="me")
    assert await storage.events.backlog(now=0) == []
    assert await storage.events.redirect("old", "new", fifo=False, now=0) == 0


async def test_its_attempts_begin_anew(storage: Storage) -> None:
    await put(storage, emission("old"))
    for _ in range(2):
        [one] = await claim(storage, "old")
        await storage.events.retry(one.id, owner="me", due=9000, failure=FAILURE, died="alone")
        await storage.events.hurry("old", now=0)
    await storage.events.redirect("old", "new", fifo=False, now=500)
    [again] = await claim(storage, "new")
    assert (again.attempt, again.deaths, again.lost, again.suspect) == (1, 0, 0, False)


@pytest.mark.parametrize("fifo", [True, False])
async def test_groups_keep_their_order(storage: Storage, fifo: bool) -> None:
    for n in range(4):
        for group in ("g", "h"):
            await put(storage, emission("old", data=b"%d" % n, group=group, fifo=True))
    await put(storage, emission("new", data=b"8", group="g", fifo=fifo))
    assert await storage.events.redirect("old", "new", fifo=fifo, now=500) == 8
    backlog = await row(storage, "new")
    assert (backlog.ready, backlog.blocked) == ((2, 7) if fifo else (9, 0))
    ran: dict[str | None, list[bytes]] = {}
    while claimed := await claim(storage, "new", lease=10**9):
        for one in claimed:
            ran.setdefault(one.group, []).append(bytes(one.data))
            await storage.events.ack([one.id], owner="me")
    if fifo:  # what was its turn already keeps it
        assert ran == {"g": [b"8", b"0", b"1", b"2", b"3"], "h": [b"0", b"1", b"2", b"3"]}
    assert sorted(ran["g"]) == [b"0", b"1", b"2", b"3", b"8"]


async def test_many_are_moved_and_dropped_in_bites(storage: Storage) -> None:
    for _ in range(13):
        await put(storage, *(emission("old", group="g" if n % 2 else None, fifo=True) for n in range(100)))
    assert await storage.events.redirect("old", "new", fifo=True, now=0) == 1300
    assert (await row(storage, "new")).blocked == 649
    assert await storage.events.drop("new") == 1300
    assert await storage.events.backlog(now=0) == []


async def test_what_is_dropped_makes_room_and_what_runs_stays(storage: Storage) -> None:
    await put(storage, *(emission("old", "kept", group="g", fifo=True) for _ in range(3)))
    [running] = await claim(storage, "old")
    assert await storage.events.drop("old") == 2
    assert await row(storage, "old") == Backlog(step="old", running=1)
    backlog = await row(storage, "kept")
    assert (backlog.ready, backlog.blocked) == (1, 2)
    with pytest.raises(BacklogFull):
        await put(storage, emission("a", "b"), limit=4)
    await put(storage, emission("a"), limit=4)
    await storage.events.ack([running.id], owner="me")
    assert await storage.events.drop("old") == 0


async def test_what_is_left_of_a_trace(storage: Storage) -> None:
    await put(storage, emission("a"))
    after = await storage.events.newest()
    assert await storage.events.of_trace("T-1", after=after) == {}
    await put(storage, emission("a", "b", group="g", fifo=True), emission("b", group="g", fifo=True))
    assert await storage.events.of_trace("T-1", after=after) == {"a": 1, "b": 2}
    assert await storage.events.of_trace("T-2", after=after) == {}
    for one in await claim(storage, "a", "b"):
        await storage.events.ack([one.id], owner="me")
    assert await storage.events.of_trace("T-1", after=after) == {"b": 1}
