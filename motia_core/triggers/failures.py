"""Tells the failure step (`onFailure`) that a step has failed for good: an event like any other, durable, retried."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType, field

from motia_core.clock import Clock
from motia_core.model import Addressed, Caller, Delivery, Event, Failure, Step
from motia_core.steps.registry import Registry
from motia_core.storage.base import Emission, EventStore
from motia_core.storage.bounds import NO_LIMIT

T = TypeVar("T", bound=Struct)


class Failures:
    """`wake` says that a delivery was stored; `by` is the invocation that failed, None when there was none."""

    def __init__(self, store: EventStore, registry: Registry, clock: Clock, *, wake: Callable[[], None]) -> None:
        self._store = store
        self._registry = registry
        self._clock = clock
        self._wake = wake

    async def of_delivery(self, step: Step, delivery: Delivery, failed: Failure, by: str | None) -> None:
        """Stored under the delivery's own id: a crash before the burial tells it once, not twice."""
        payload = _payload(step, failed, bytes(delivery.data), delivery.attempt - 1, delivery.topic)
        caller = Caller(trigger="event", trace_id=delivery.trace_id, parent=by or delivery.parent, hops=delivery.hops)
        await self._tell(step, caller, payload, f"failure:{delivery.id}:{delivery.attempt}")

    async def of_tick(self, step: Step, delivery: Delivery, failed: Failure, by: str | None) -> None:
        """The same for a run of a cron step, which has neither topic nor data."""
        caller = Caller(trigger="cron", trace_id=delivery.trace_id, parent=by)
        await self._tell(step, caller, _payload(step, failed, b"null", 0, None), f"failure:{delivery.id}")

    async def _tell(self, step: Step, caller: Caller, payload: bytes, id: str) -> None:
        target = self._registry.current.failure_step(step)
        if target is None:
            return
        now = self._clock.now_ms()
        event = Event(
            topic=target.name,
            data=Raw(payload),
            trace_id=caller.trace_id,
            flows=step.flows,
            parent=caller.parent,
            dedup=id,
            hops=caller.hops,
            created=now,
        )
        emission = Emission(event=event, to=(Addressed(target.name, now, target.queue.fifo),))
        # It takes the place of the one that failed: a full backlog must not keep that one from being buried.
        await self._store.put([emission], limit=NO_LIMIT)
        self._wake()


class _Thrown(Struct):
    """What the runner said of the error beyond name, message and stack."""

    code: Raw | UnsetType = UNSET
    cause: Raw | UnsetType = UNSET


class _Ordered(Struct):
    """The mark that a failure step leaves in the data when it triggers the failed step anew."""

    retry: int = field(name="__retry", default=0)


def _payload(step: Step, failed: Failure, context: bytes, retries: int, topic: str | None) -> bytes:
    thrown = _read(failed.data, _Thrown)
    error = {"name": failed.name, "message": failed.message, "stack": failed.stack, **msgspec.structs.asdict(thrown)}
    return msgspec.json.encode(
        {
            "stepId": step.name,
            "error": {key: value for key, value in error.items() if value is not UNSET},
            "context": Raw(context),
            # Without what was ordered before, a failure step that counts to three would never stop.
            "retryCount": retries + max(0, _read(context, _Ordered).retry),
            "topic": topic,
        }
    )


def _read(data: Raw | bytes | UnsetType, shape: type[T]) -> T:
    """`shape` as far as `data` holds it: any JSON may stand there."""
    try:
        return shape() if data is UNSET else msgspec.json.decode(data, type=shape)
    except msgspec.MsgspecError:
        return shape()
