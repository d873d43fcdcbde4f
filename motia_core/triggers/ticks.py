"""Ticks of cron steps as deliveries: how one is written down, known again, and when it is too late. Pure.

A tick is put in the commit that takes it, so it runs like any delivery: under a lease, on whichever server is free, and
again when that server is killed. Unlike others it is never retried for failing, and not worth running late.
"""

from __future__ import annotations

from datetime import UTC, datetime

from msgspec import Raw

from motia_core.model import TICK_TOPIC, Addressed, Delivery, Event, Step
from motia_core.storage.base import Emission

TOPIC = TICK_TOPIC
LATE = 60.0
"""A tick this late (s) still counts as on time: the host was busy, or slept through it."""


def emission(step: Step, tick: int, *, now: int, trace_id: str) -> Emission:
    """Ticks of a step that must not overlap are one group: one at a time, in their order."""
    event = Event(topic=TOPIC, data=Raw(b"%d" % tick), trace_id=trace_id, group=step.name, created=now)
    return Emission(event=event, to=(Addressed(step.name, now, step.overlap == "skip"),))


def tick_of(delivery: Delivery) -> int | None:
    """The time of the tick (ms), None when it is another delivery."""
    text = bytes(delivery.data)
    return int(text) if delivery.topic == TOPIC and text.isdigit() else None


def lateness(tick: int, now: int) -> float:
    """In seconds."""
    return (now - tick) / 1000


def longest(step: Step, lease: float) -> float:
    """How late (s) a tick of `step` may run: `catchUp`, but always long enough to notice that a server was killed."""
    return max(step.catch_up, LATE, 3 * lease)


def moment(tick: int) -> str:
    return datetime.fromtimestamp(tick / 1000, UTC).isoformat()
