"""Looking around in dicts; see `storage.browsing`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from motia_core.storage.browsing import Group, Kept, Queued, Standing
from motia_core.storage.memory.deliveries import Queue, Record
from motia_core.storage.memory.events import Events
from motia_core.storage.memory.state import State
from motia_core.storage.memory.streams import Streams


class Browsing:
    def __init__(self, state: State, streams: Streams, events: Events) -> None:
        self._state = state
        self._streams = streams
        self._events = events

    @property
    def _queue(self) -> Queue:
        return self._events.queue

    async def deliveries(
        self,
        *,
        step: str | None = None,
        state: Standing | None = None,
        after: int = 0,
        limit: int = 100,
        longest: int = 2048,
        now: int,
    ) -> list[Queued]:
        found = [
            _queued(record, now, longest)
            for record in sorted(self._queue, key=lambda record: record.id)
            if record.id > after and step in (None, record.step)
        ]
        return [one for one in found if state in (None, one.state)][:limit]

    async def delivery(self, id: int, *, now: int) -> Queued | None:
        return next((_queued(record, now, None) for record in self._queue if record.id == id), None)

    async def hasten(self, ids: Sequence[int], *, now: int) -> int:
        late = [one for one in self._queue if one.id in ids and one.owner is None and not one.blocked and one.due > now]
        for record in late:
            record.due = now
        return len(late)

    async def drop(self, ids: Sequence[int]) -> int:
        return sum(self._events.throw_away(id) for id in sorted(set(ids)))

    async def values(
        self,
        *,
        stream: str | None = None,
        group: str | None = None,
        after: tuple[str, str] | None = None,
        limit: int = 100,
        longest: int = 2048,
        now: int,
    ) -> list[Kept]:
        found = sorted(self._all(stream, now), key=lambda one: (one.group, one.key))
        found = [one for one in found if group in (None, one.group) and (after is None or (one.group, one.key) > after)]
        return [one if one.size <= longest else _without(one) for one in found[:limit]]

    async def value(self, group: str, key: str, *, stream: str | None = None, now: int) -> Kept | None:
        return next((one for one in self._all(stream, now) if (one.group, one.key) == (group, key)), None)

    async def groups(self, *, stream: str | None = None, after: str = "", limit: int = 100, now: int) -> list[Group]:
        found: dict[str, list[int]] = {}
        for one in self._all(stream, now):
            found.setdefault(one.group, []).append(one.size)
        names = sorted(name for name in found if name > after)[:limit]
        return [Group(name=name, count=len(found[name]), size=sum(found[name])) for name in names]

    async def group(self, name: str, *, stream: str | None = None, now: int) -> Group | None:
        sizes = [one.size for one in self._all(stream, now) if one.group == name]
        return Group(name=name, count=len(sizes), size=sum(sizes)) if sizes else None

    def _all(self, stream: str | None, now: int) -> Iterator[Kept]:
        space = self._state if stream is None else self._streams.open(stream)
        for group in space.names(now):
            for key, entry in space.entries(group, now):
                yield Kept(group=group, key=key, value=entry.value, size=len(entry.value), expires=entry.expires)


def _without(one: Kept) -> Kept:
    return Kept(group=one.group, key=one.key, value=None, size=one.size, expires=one.expires)


def _queued(record: Record, now: int, longest: int | None) -> Queued:
    event, data = record.event, bytes(record.event.data)
    state: Standing = "delayed" if record.due > now else "waiting"
    if record.blocked:
        state = "blocked"
    elif record.owner is not None:
        state = "running"
    return Queued(
        id=record.id,
        step=record.step,
        state=state,
        topic=event.topic,
        data=event.data if longest is None or len(data) <= longest else None,
        size=len(data),
        trace_id=event.trace_id,
        flows=event.flows,
        group=event.group,
        attempt=record.attempt,
        due=record.due,
        created=event.created,
        lease=record.lease if record.owner is not None else None,
        failure=record.failure,
    )
