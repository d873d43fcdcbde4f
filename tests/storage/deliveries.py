"""Short ways to make and move deliveries in tests."""

from __future__ import annotations

from msgspec import Raw

from motia_core.model import Addressed, Delivery, Event, Failure
from motia_core.storage.base import Backlog, Emission, Storage

FAILURE = Failure(code=1001, name="Error", message="boom", data=Raw(b'{"a":1}'))


def emission(
    *steps: str,
    topic: str = "t",
    data: bytes = b"1",
    group: str | None = None,
    fifo: bool = False,
    due: int = 0,
    dedup: str | None = None,
    since: int = 0,
    created: int = 100,
    hops: int = 0,
) -> Emission:
    event = Event(topic=topic, data=Raw(data), trace_id="T-1", group=group, dedup=dedup, created=created, hops=hops)
    return Emission(event=event, to=tuple(Addressed(step, due, fifo) for step in steps), dedup_since=since)


async def put(storage: Storage, *emissions: Emission, limit: int = 1_000_000) -> list[int]:
    return [emitted.id for emitted in await storage.events.put(emissions, limit=limit)]


async def claim(
    storage: Storage,
    *steps: str,
    owner: str = "me",
    now: int = 1000,
    lease: int = 2000,
    room: int = 100,
    limit: int = 100,
) -> list[Delivery]:
    return await storage.events.claim(
        dict.fromkeys(steps or ("a",), room), owner=owner, now=now, lease=lease, limit=limit
    )


async def row(storage: Storage, step: str = "a", now: int = 1000) -> Backlog:
    """The backlog of one step; all zeros if it has nothing."""
    found = [backlog for backlog in await storage.events.backlog(now=now) if backlog.step == step]
    return found[0] if found else Backlog(step=step)
