"""Faults planted into the product on purpose, by name: what the simulation must find. Each is a change of real code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import anyio
from msgspec.structs import replace

from motia_core.model import Delivery
from motia_core.storage.base import Emission, Emitted, OnceWrite, StateWrite
from motia_core.storage.memory.deliveries import Queue as Deliveries
from motia_core.storage.memory.deliveries import Record
from motia_core.storage.memory.events import Events
from motia_core.storage.memory.transactions import Transactions
from motia_core.triggers import attempts, retry
from motia_core.triggers.attempts import Attempts
from motia_core.triggers.held import Held, Job
from motia_core.triggers.queue import Queue
from motia_core.workers.pool import Pool
from tests.simulation.timeline import Change

_claim, _retry, _attempt, _write, _add, _tick = (
    Events.claim, Events.retry, Attempts.run, Transactions._write, Deliveries.add, Events.tick,
)  # fmt: skip
_decide, _queue_claim = retry.decide, Queue._claim
_acquire, _held_claim = Pool.acquire, Held.claim


async def _never_renewed(held: Held) -> None:
    held._renewed = held._clock.now_ms()


async def _uncounted(events: Events, room: dict[str, int], **more: Any) -> list[Delivery]:
    found = await _claim(events, room, **more)
    for delivery in found:
        events._queue._all[delivery.id].attempt -= 1
    return [replace(delivery, attempt=delivery.attempt - 1) for delivery in found]


async def _counted_late(events: Events, room: dict[str, int], **more: Any) -> list[Delivery]:
    """Handlers are told the right attempt, but a crash forgets it."""
    found = await _claim(events, room, **more)
    for delivery in found:
        events._queue._all[delivery.id].attempt -= 1
    return found


async def _counts_late(events: Events, id: int, *, owner: str, **more: Any) -> None:
    record = events._queue.held(id, owner)
    if record is not None:
        record.attempt += 1
    await _retry(events, id, owner=owner, **more)


def _never_blocked(deliveries: Deliveries, record: Record) -> None:
    _add(deliveries, record)
    record.blocked = False


async def _lane_released(events: Events, id: int, *, owner: str, **more: Any) -> None:
    """While the head of a group backs off, the next one runs."""
    record = events._queue.held(id, owner)
    await _retry(events, id, owner=owner, **more)
    if record is not None and record.lane is not None:
        for later in sorted(events._queue._lanes[record.step, record.lane] - {id})[:1]:
            events._queue._all[later].blocked = False


async def _acknowledged_first(one: Attempts, job: Job) -> None:
    await one._store.ack([job.delivery.id], owner=one._owner)
    await _attempt(one, job)


async def _ticks_acknowledged_first(one: Attempts, job: Job) -> None:
    if job.delivery.step == "tick":
        await one._store.ack([job.delivery.id], owner=one._owner)
    await _attempt(one, job)


async def _orphans_dropped(queue: Queue, group: Any) -> int:
    deliveries = queue._store._store._queue  # type: ignore[attr-defined]
    for record in list(deliveries):
        if record.owner is None and record.step not in queue._registry.current.by_name:
            deliveries.remove(record)
    return await _queue_claim(queue, group)


def _lost_counts(**more: Any) -> Any:
    return _decide(**{**more, "lost": 0})


def _due_at_once(deliveries: Deliveries, record: Record) -> None:
    record.due = 0
    _add(deliveries, record)


def _room_for_all(queue: Queue) -> dict[str, int]:
    return {step.name: 1000 for step in queue._registry.current.steps if step.kind == "event"}


def _not_remembered(events: Events, scope: str, key: str, value: bytes, now: int) -> bytes:
    return value


def _without_marks(transactions: Transactions, write: StateWrite | OnceWrite | Emission, now: int) -> Any:
    if isinstance(write, StateWrite) and write.group == "done":
        return write.value
    return _write(transactions, write, now)


def _without_events(transactions: Transactions, write: StateWrite | OnceWrite | Emission, now: int) -> Any:
    return Emitted(10**9, len(write.to)) if isinstance(write, Emission) else _write(transactions, write, now)


async def _among_others(pool: Pool, *, alone: bool = False) -> Any:
    return await _acquire(pool)


async def _forgotten(events: Events, id: int, *, owner: str, **more: Any) -> None:
    for record in events._held([id], owner):
        events._queue.remove(record)


async def _dropped(events: Events, ids: Sequence[int], *, owner: str, uncount: bool = True) -> None:
    await events.ack(ids, owner=owner)


async def _for_everybody(events: Events, name: str, tick: int, emission: Emission, *, now: int) -> str:
    events._ticks.pop(name, None)
    return await _tick(events, name, tick, emission, now=now)


async def _beside_the_last(events: Events, name: str, tick: int, emission: Emission, *, now: int) -> str:
    """`overlap` is ignored."""
    return await _tick(events, name, tick, replace(emission, to=(replace(emission.to[0], fifo=False),)), now=now)


def _no_limit(queue: Queue, room: dict[str, int]) -> dict[str, int]:
    return {}


def _taken_twice(held: Held, delivery: Delivery) -> Job:
    job = held._jobs[delivery.id] = Job(delivery, anyio.CancelScope())
    return job


async def _goes_on(held: Held) -> None:
    """Leases that are lost are no reason to stop."""
    now, left = held._clock.now_ms(), list(held._jobs)
    await held._store.renew(left, owner=held._owner, lease=held._until(now))
    held._renewed = now


async def _claims_first(held: Held, room: dict[str, int], *, limit: int) -> list[Job]:
    held._renewed = held._clock.now_ms()
    return await _held_claim(held, room, limit=limit)


def _none(*args: Any) -> None:
    return None


PLANTS: dict[str, tuple[Change, ...]] = {
    "a lease is not renewed": ((Held, "renew", _never_renewed),),
    "an attempt is not counted": ((Events, "claim", _uncounted),),
    "an attempt is counted when it has ended": ((Events, "claim", _counted_late), (Events, "retry", _counts_late)),
    "a group is not blocked": ((Deliveries, "add", _never_blocked),),
    "a group goes on while its head backs off": ((Events, "retry", _lane_released),),
    "a delivery is acknowledged before it runs": ((Attempts, "run", _acknowledged_first),),
    "what is due later is due at once": ((Deliveries, "add", _due_at_once),),
    "the concurrency of a step is ignored": ((Queue, "_room", _room_for_all),),
    "an emit id is forgotten": ((Events, "_earlier", _none),),
    "once remembers nothing": ((Events, "remember", _not_remembered),),
    "a transaction leaves a write out": ((Transactions, "_write", _without_marks),),
    "a transaction leaves its events out": ((Transactions, "_write", _without_events),),
    "a suspect runs among others": ((Pool, "acquire", _among_others),),
    "one lonely death is poison": ((retry, "LONELY_DEATHS", 1),),
    "what is given up is in no dead letter": ((Events, "bury", _forgotten),),
    "what is given back is dropped": ((Events, "release", _dropped),),
    "a tick belongs to everybody": ((Events, "tick", _for_everybody),),
    "a tick is lost with its server": ((Attempts, "run", _ticks_acknowledged_first),),
    "a tick runs beside the last": ((Events, "tick", _beside_the_last),),
    "a run that was lost costs a retry": ((attempts, "decide", _lost_counts),),
    "what waits for a renamed step is dropped": ((Queue, "_claim", _orphans_dropped),),
    "the concurrency over all servers is ignored": ((Queue, "_most", _no_limit),),
    "who wakes takes its own work for lost": ((Held, "claim", _claims_first), (Held, "_take", _taken_twice)),
    "what was lost to another server goes on": ((Held, "renew", _goes_on),),
}
