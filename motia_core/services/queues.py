"""What people may do about deliveries: see what waits and for whom, move or throw away what waits for a step that is no
more, and the same for dead letters.

What waits for a step that no file holds is an orphan: kept until the step comes back, or until somebody decides.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Literal

import msgspec
from msgspec import Raw, Struct

from motia_core.errors import CallRefused, UnknownTarget
from motia_core.model import DeadLetter, Step
from motia_core.steps.registry import Snapshot
from motia_core.storage.base import EventStore

_ALL = 1_000
_NAMED = 3


class Waiting(Struct, frozen=True, rename="camel", kw_only=True):
    """One step's deliveries, and what became of the step: `served`, `broken` (its file has an error), `orphaned`.
    `oldest`: when the oldest that waits was emitted."""

    step: str
    state: Literal["served", "broken", "orphaned"]
    ready: int
    delayed: int
    running: int
    blocked: int
    dead: int
    oldest: int | None


class OriginalEvent(Struct, frozen=True, rename="camel", kw_only=True):
    topic: str
    data: Raw
    trace_id: str
    flows: tuple[str, ...]
    message_group_id: str | None


class Letter(Struct, frozen=True, rename="camel", kw_only=True):
    """A dead letter: the record users of old Motia know, and what ours adds."""

    id: int
    step: str
    original_event: OriginalEvent
    failure_reason: str
    failure_timestamp: int
    attempts_made: int
    reason: str
    stack: str | None


def letter_of(one: DeadLetter) -> Letter:
    failed = one.failure
    return Letter(
        id=one.id,
        step=one.step,
        original_event=OriginalEvent(
            topic=one.topic,
            data=one.data,
            trace_id=one.trace_id,
            flows=one.flows,
            message_group_id=one.group,
        ),
        failure_reason=failed.message if failed else one.reason,
        failure_timestamp=one.buried,
        attempts_made=one.attempts,
        reason=one.reason,
        stack=failed.stack if failed else None,
    )


class Queues:
    """The deliveries of one store, seen with the steps of one project."""

    def __init__(self, store: EventStore, snapshot: Snapshot) -> None:
        self._store = store
        self._snapshot = snapshot

    async def waiting(self, *, now: int) -> list[Waiting]:
        """Every step that has anything."""
        return [
            Waiting(
                step=row.step,
                state=self._state(row.step),
                ready=row.ready,
                delayed=row.delayed,
                running=row.running,
                blocked=row.blocked,
                dead=row.dead,
                oldest=row.oldest,
            )
            for row in await self._store.backlog(now=now)
        ]

    async def redirect(self, step: str, to: str, *, now: int) -> int:
        """What waits for `step` goes to `to`. Raises UnknownTarget, CallRefused."""
        target = self._target(to)
        if target.name == step:
            raise CallRefused(f"{step} has them already")
        return await self._store.redirect(step, target.name, fifo=target.queue.fifo, now=now)

    async def discard(self, step: str, *, force: bool) -> int:
        """Throws away what waits for `step`. Raises CallRefused for a step that is served, unless forced."""
        if self._state(step) != "orphaned" and not force:
            raise CallRefused(f"{step} is no orphan: it will run what waits for it", hint="force it all the same")
        return await self._store.drop(step)

    def _state(self, name: str) -> Literal["served", "broken", "orphaned"]:
        if name in self._snapshot.by_name:
            return "served"
        found = self._snapshot.find(name, broken=True)
        return "broken" if found is not None and found.name == name else "orphaned"

    def _target(self, name: str) -> Step:
        step = self._snapshot.find(name, broken=True)
        if step is None:
            raise UnknownTarget(f"no step is called '{name}'")
        if step.kind != "event":
            raise CallRefused(f"{step.name} is of type {step.kind}: only event steps take events")
        return step


def left_alone(orphans: Mapping[str, int]) -> str:
    """One line about what waits, by step, for steps that are no more."""
    count, names = sum(orphans.values()), ", ".join(list(orphans)[:_NAMED])
    more = f" and {len(orphans) - _NAMED} more" if len(orphans) > _NAMED else ""
    wait = "1 delivery waits" if count == 1 else f"{count} deliveries wait"
    return f"{wait} for steps that are no more ({names}{more}): motia queues"


async def letters(store: EventStore, *, step: str | None, limit: int, after: int) -> list[Letter]:
    return [letter_of(one) for one in await store.dead(step=step, limit=limit, after=after)]


async def redrive(store: EventStore, ids: list[int], step: str | None, *, now: int) -> int:
    """Those of `ids`, and all of `step`; one that fails again meanwhile has had its turn."""
    count = await store.redrive(ids, now=now) if ids else 0
    async for bite in _of_step(store, step):
        count += await store.redrive(bite, now=now)
    return count


async def discard(store: EventStore, ids: list[int], step: str | None) -> int:
    """Those of `ids`, and all of `step`."""
    count = await store.discard(ids) if ids else 0
    async for bite in _of_step(store, step):
        count += await store.discard(bite)
    return count


async def _of_step(store: EventStore, step: str | None) -> AsyncIterator[list[int]]:
    """The ids of its dead letters in bites, each once."""
    after = 0
    while step is not None and (found := await store.dead(step=step, limit=_ALL, after=after)):
        after = found[-1].id
        yield [one.id for one in found]


def as_json(value: object) -> object:
    """Plain values, for a program that prints them."""
    return msgspec.json.decode(msgspec.json.encode(value))
