"""The event store in dicts: the plainest program that keeps the promises of `base.EventStore`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from motia_core.errors import BacklogFull
from motia_core.model import DeadLetter, Delivery, Failure
from motia_core.storage.base import Backlog, Died, Emission, Emitted, Took
from motia_core.storage.bounds import TICK_AHEAD
from motia_core.storage.memory.deliveries import Queue, Record, spread
from motia_core.storage.scopes import delivery_of, finished


class Events:
    """The methods without `async` are for transactions."""

    def __init__(self) -> None:
        self._last = 0
        self._ticks: dict[str, int] = {}
        self._queue = Queue()
        self._dead: dict[int, tuple[DeadLetter, Record]] = {}
        self._emit_ids: dict[tuple[str, str], tuple[Emitted, int]] = {}
        self._once: dict[str, dict[str, tuple[bytes, int]]] = {}

    def make_room(self, emissions: Sequence[Emission], limit: int) -> None:
        """Raises BacklogFull if these were too many."""
        seen: set[tuple[str, str]] = set()
        more = 0
        for emission in emissions:
            event = emission.event
            if event.dedup is not None:
                key = (event.topic, event.dedup)
                if key in seen or self._earlier(emission) is not None:
                    continue
                seen.add(key)
            more += len(emission.to)
        waiting = self._queue.pending
        if more and waiting + more > limit:
            raise BacklogFull(f"{waiting} deliveries wait already; {limit} may", hint="raise queue.backlog")

    def add(self, emission: Emission) -> Emitted:
        event = emission.event
        earlier = self._earlier(emission)
        if earlier is not None:
            return Emitted(earlier.id, earlier.deliveries, duplicate=True)
        emitted = Emitted(self._next(), len(emission.to))
        if event.dedup is not None:
            self._emit_ids[event.topic, event.dedup] = (emitted, event.created)
        for to in emission.to:
            lane = event.group if to.fifo else None
            self._queue.add(Record(self._next(), emitted.id, event, to.step, lane, to.due))
        return emitted

    def remembered(self, scope: str, key: str) -> bytes | None:
        return self._once.get(scope, {}).get(key, (None, 0))[0]

    def check_scope(self, scope: str) -> None:
        """Raises InvocationOver when it is that of a delivery which is gone."""
        id = delivery_of(scope)
        if id is not None and id not in self._queue and id not in self._dead:
            raise finished(id)

    def remember(self, scope: str, key: str, value: bytes, now: int) -> bytes:
        return self._once.setdefault(scope, {}).setdefault(key, (value, now))[0]

    @property
    def queue(self) -> Queue:
        return self._queue

    def throw_away(self, id: int) -> bool:
        """One that nobody has claimed; whether there was one."""
        record = next((one for one in self._queue if one.id == id and one.owner is None), None)
        if record is None:
            return False
        self._queue.remove(record)
        self._forget(id)
        return True

    async def put(self, emissions: Sequence[Emission], *, limit: int) -> list[Emitted]:
        self.make_room(emissions, limit)
        return [self.add(emission) for emission in emissions]

    async def claim(
        self,
        room: dict[str, int],
        *,
        owner: str,
        now: int,
        lease: int,
        limit: int,
        most: Mapping[str, int] | None = None,
    ) -> list[Delivery]:
        for record in self._queue:
            if record.owner is not None and record.lease < now:
                record.owner = None
                record.suspect = True
                record.lost += 1
                if record.lost > 1:
                    record.due = max(record.due, now + spread(record.id, record.lost))
        found: list[Record] = []
        for step, free in room.items():
            left = free if most is None or step not in most else min(free, most[step] - self._queue.claimed(step))
            found += [record for record in self._queue.waiting(step) if record.due <= now][: max(0, left)]
        found.sort(key=lambda record: (record.due, record.id))
        for record in found[:limit]:
            record.owner, record.lease = owner, lease
            record.attempt += 1
        return [record.delivery() for record in found[:limit]]

    async def renew(self, ids: Sequence[int], *, owner: str, lease: int) -> list[int]:
        for record in self._held(ids, owner):
            record.lease = lease
        return [id for id in ids if self._queue.held(id, owner) is None]

    async def ack(self, ids: Sequence[int], *, owner: str) -> None:
        for record in self._held(ids, owner):
            self._queue.remove(record)
            self._forget(record.id)

    async def begin(self, id: int, *, owner: str) -> None:
        for record in self._held([id], owner):
            record.begun += 1

    async def retry(self, id: int, *, owner: str, due: int, failure: Failure, died: Died | None = None) -> None:
        for record in self._held([id], owner):
            record.owner, record.due, record.failure, record.begun = None, due, failure, 0
            record.deaths += died == "alone"
            record.lost += died == "among others"
            record.suspect = record.suspect or died is not None

    async def release(self, ids: Sequence[int], *, owner: str, uncount: bool = True) -> None:
        for record in self._held(ids, owner):
            record.owner, record.begun = None, 0
            record.attempt = max(0, record.attempt - uncount)

    async def bury(self, id: int, *, owner: str, reason: str, failure: Failure | None, now: int) -> None:
        for record in self._held([id], owner):
            self._queue.remove(record)
            self._dead[id] = (record.dead_letter(reason, failure, now), record)

    async def due(self, steps: Sequence[str]) -> int | None:
        return min((waiting[0].due for step in steps if (waiting := self._queue.waiting(step))), default=None)

    async def backlog(self, *, now: int) -> list[Backlog]:
        rows: dict[str, dict[str, int]] = {}
        for record in self._queue:
            row = rows.setdefault(record.step, {})
            if record.owner is not None:
                kind = "running"
            else:
                kind = "blocked" if record.blocked else "delayed" if record.due > now else "ready"
                row["oldest"] = min(row.get("oldest", record.event.created), record.event.created)
            row[kind] = row.get(kind, 0) + 1
        for letter, _ in self._dead.values():
            row = rows.setdefault(letter.step, {})
            row["dead"] = row.get("dead", 0) + 1
        return [Backlog(step=step, **rows[step]) for step in sorted(rows)]

    async def dead(self, *, step: str | None = None, limit: int = 100, after: int = 0) -> list[DeadLetter]:
        found = [self._dead[id][0] for id in sorted(self._dead) if id > after]
        return [letter for letter in found if step in (None, letter.step)][:limit]

    async def redrive(self, ids: Sequence[int], *, now: int) -> int:
        there = sorted(id for id in set(ids) if id in self._dead)
        for id in there:
            record = self._dead.pop(id)[1]
            event = replace(record.event, hops=0)
            self._queue.add(Record(id, record.event_id, event, record.step, record.lane, now))
        return len(there)

    async def discard(self, ids: Sequence[int]) -> int:
        there = [id for id in set(ids) if self._dead.pop(id, None)]
        for id in there:
            self._forget(id)
        return len(there)

    async def redirect(self, step: str, to: str, *, fifo: bool, now: int) -> int:
        moved = [record for record in self._queue if record.step == step and record.owner is None]
        for record in sorted(moved, key=lambda record: record.id):
            self._queue.remove(record)
            lane = record.event.group if fifo else None
            due = now if record.attempt else record.due
            self._queue.add(Record(record.id, record.event_id, record.event, to, lane, due))
        return len(moved)

    async def drop(self, step: str) -> int:
        dropped = [record for record in self._queue if record.step == step and record.owner is None]
        for record in dropped:
            self._queue.remove(record)
            self._forget(record.id)
        return len(dropped)

    async def newest(self) -> int:
        return self._last

    async def of_trace(self, trace_id: str, *, after: int) -> dict[str, int]:
        found = [record.step for record in self._queue if record.event.trace_id == trace_id and record.id > after]
        return {step: found.count(step) for step in sorted(set(found))}

    async def tick(self, name: str, tick: int, emission: Emission | None, *, now: int) -> Took:
        last = self._ticks.get(name)
        if last is not None and tick <= last <= now + TICK_AHEAD:
            return "taken"
        self._ticks[name] = tick
        if emission is None:
            return "put"
        if any(to.fifo and self._queue.busy(to.step, emission.event.group) for to in emission.to):
            return "running"
        self.add(emission)
        return "put"

    async def last_tick(self, name: str) -> int | None:
        return self._ticks.get(name)

    async def hurry(self, step: str, *, now: int) -> int:
        late = [record for record in self._queue.waiting(step) if record.due > now and record.attempt]
        for record in late:
            record.due = now
        return len(late)

    async def prune(self, *, dead_before: int, dedup_before: int) -> int:
        count = await self.discard([id for id, (letter, _) in self._dead.items() if letter.buried < dead_before])
        ids = [key for key, (_, created) in self._emit_ids.items() if created < dedup_before]
        for key in ids:
            del self._emit_ids[key]
        alive = {f"delivery:{id}" for id in (*(record.id for record in self._queue), *self._dead)}
        for scope in [scope for scope in self._once if scope not in alive]:
            old = [key for key, (_, created) in self._once[scope].items() if created < dead_before]
            for name in old:
                del self._once[scope][name]
            count += len(old)
        return count + len(ids)

    async def once_get(self, scope: str, key: str) -> bytes | None:
        found = self.remembered(scope, key)
        if found is None:
            self.check_scope(scope)
        return found

    async def once_put(self, scope: str, key: str, value: bytes, *, now: int) -> bytes:
        self.check_scope(scope)
        return self.remember(scope, key, value, now)

    def _next(self) -> int:
        self._last += 1
        return self._last

    def _earlier(self, emission: Emission) -> Emitted | None:
        if emission.event.dedup is None:
            return None
        found = self._emit_ids.get((emission.event.topic, emission.event.dedup))
        return found[0] if found is not None and found[1] >= emission.dedup_since else None

    def _held(self, ids: Iterable[int], owner: str) -> list[Record]:
        return [record for id in ids if (record := self._queue.held(id, owner)) is not None]

    def _forget(self, id: int) -> None:
        self._once.pop(f"delivery:{id}", None)
