"""Deliveries as they are kept here: one record each, and the order in which they may be claimed."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from motia_core.model import DeadLetter, Delivery, Event, Failure


def spread(id: int, lost: int) -> int:
    """How long (ms) a delivery that was lost more than once waits: one of eight moments, another each time."""
    return (((id % 65536) * 40503 >> lost) & 7) * 500


class Record(Struct):
    """`lane` is the group of a fifo delivery; `owner` None = waiting."""

    id: int
    event_id: int
    event: Event
    step: str
    lane: str | None
    due: int
    attempt: int = 0
    deaths: int = 0
    lost: int = 0
    begun: int = 0
    suspect: bool = False
    owner: str | None = None
    lease: int = 0
    failure: Failure | None = None
    blocked: bool = False

    def delivery(self) -> Delivery:
        event = self.event
        return Delivery(
            id=self.id,
            event=self.event_id,
            step=self.step,
            topic=event.topic,
            data=event.data,
            trace_id=event.trace_id,
            flows=event.flows,
            parent=event.parent,
            group=event.group,
            hops=event.hops,
            attempt=self.attempt,
            deaths=self.deaths,
            suspect=self.suspect,
            created=event.created,
            lost=self.lost,
            due=self.due,
            begun=self.begun,
        )

    def dead_letter(self, reason: str, failure: Failure | None, now: int) -> DeadLetter:
        event = self.event
        return DeadLetter(
            id=self.id,
            step=self.step,
            topic=event.topic,
            data=event.data,
            trace_id=event.trace_id,
            flows=event.flows,
            group=event.group,
            attempts=self.attempt,
            reason=reason,
            failure=self.failure if failure is None else failure,
            created=event.created,
            buried=now,
        )


class Queue:
    """All living deliveries. A lane has at most one that is not blocked."""

    def __init__(self) -> None:
        self._all: dict[int, Record] = {}
        self._lanes: dict[tuple[str, str], set[int]] = {}

    def __contains__(self, id: int) -> bool:
        return id in self._all

    def __iter__(self) -> Iterator[Record]:
        return iter(self._all.values())

    @property
    def pending(self) -> int:
        return sum(record.owner is None for record in self)

    def held(self, id: int, owner: str) -> Record | None:
        record = self._all.get(id)
        return record if record is not None and record.owner == owner else None

    def add(self, record: Record) -> None:
        self._all[record.id] = record
        if record.lane is not None:
            lane = self._lanes.setdefault((record.step, record.lane), set())
            record.blocked = bool(lane)
            lane.add(record.id)

    def remove(self, record: Record) -> None:
        """Gives its lane to the next."""
        del self._all[record.id]
        if record.lane is None:
            return
        lane = self._lanes[record.step, record.lane]
        lane.discard(record.id)
        if lane:
            self._all[min(lane)].blocked = False
        else:
            del self._lanes[record.step, record.lane]

    def claimed(self, step: str) -> int:
        return sum(record.step == step and record.owner is not None for record in self)

    def busy(self, step: str, lane: str | None) -> bool:
        """Whether one of the lane is claimed."""
        if lane is None:
            return False
        return any(self._all[id].owner is not None for id in self._lanes.get((step, lane), ()))

    def waiting(self, step: str) -> list[Record]:
        """Those that only wait for their time, in the order of claims."""
        found = [record for record in self if record.step == step and record.owner is None and not record.blocked]
        return sorted(found, key=lambda record: (record.due, record.id))
