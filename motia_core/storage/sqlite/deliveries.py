"""What happens to deliveries, as functions that work inside a transaction: put, claim, end, bury, redrive.

Keeps two promises between them: a lane has at most one delivery that is not blocked, and `Transaction.pending` is the
number that wait or are blocked. What follows from the end of a delivery is a trigger of the schema.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Raw

from motia_core.errors import BacklogFull
from motia_core.model import Delivery
from motia_core.storage.base import Emission, Emitted, Took
from motia_core.storage.bounds import NO_LIMIT, TICK_AHEAD
from motia_core.storage.scopes import delivery_of, finished, remembered
from motia_core.storage.sqlite.batch import Kind, chunks
from motia_core.storage.sqlite.queries import LARGEST, load, with_rows
from motia_core.storage.sqlite.transaction import Transaction

SQL = load("events")
_ADD_EVENTS, _ADD_DELIVERIES = with_rows(SQL["add_events"], 10), with_rows(SQL["add_deliveries"], 6)
_MANY_STEPS = 32

Claimed = tuple[
    int, int, str, str, str, str, str, str | None, str | None, int, int, int, int, int, int, int, int
]  # fmt: skip
_CLAIMED = msgspec.json.Decoder(list[Claimed])
_CANDIDATES = msgspec.json.Decoder(list[tuple[int, int, str]])
_FLOWS = msgspec.json.Decoder(tuple[str, ...])


def ids_json(ids: Sequence[int]) -> str:
    return f"[{','.join(map(str, ids))}]"


def flows(text: str) -> tuple[str, ...]:
    return () if text == "[]" else _FLOWS.decode(text)


def put_all(tx: Transaction, puts: Sequence[tuple[Sequence[Emission], int]]) -> list[list[Emitted]]:
    """Several puts, each with its limit. Rows are collected and inserted together; what must be looked up for the next
    emission (an emit id, a lane) is inserted before."""
    pending = _Pending(tx)
    results = []
    for emissions, limit in puts:
        before = tx.pending
        results.append([pending.add(emission) for emission in emissions])
        if tx.pending > limit and tx.pending > before:
            tx.pending = before
            raise BacklogFull(
                f"{before} deliveries wait already; {limit} may", hint="slow down, or raise queue.backlog"
            )
    pending.insert()
    return results


PUTS = Kind(put_all, moves=True)


class _Pending:
    """Rows not inserted yet."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._events: list[tuple[object, ...]] = []
        self._deliveries: list[tuple[object, ...]] = []

    def add(self, emission: Emission) -> Emitted:
        tx, event, count = self._tx, emission.event, len(emission.to)
        if event.dedup is not None:
            earlier = tx.execute(SQL["emit_id"], (event.topic, event.dedup, emission.dedup_since)).fetchone()
            if earlier is not None:
                return Emitted(earlier[0], earlier[1], duplicate=True)
        id = tx.next()
        if event.dedup is not None:
            tx.execute(SQL["remember_emit_id"], (event.topic, event.dedup, id, count, event.created))
        if not count:
            return Emitted(id, 0)
        written_flows = msgspec.json.encode(event.flows).decode() if event.flows else "[]"
        self._events.append(
            (id, event.topic, bytes(event.data), event.trace_id, written_flows, event.parent, event.group, event.hops,
             event.created, count)
        )  # fmt: skip
        for to in emission.to:
            lane = event.group if to.fifo else None
            status = "waiting"
            if lane is not None:
                self.insert()
                status = turn(tx, to.step, lane)
            self._deliveries.append((tx.next(), id, to.step, lane, status, to.due))
        tx.pending += count
        return Emitted(id, count)

    def insert(self) -> None:
        insert_rows(self._tx, _ADD_EVENTS, self._events)
        insert_rows(self._tx, _ADD_DELIVERIES, self._deliveries)
        self._events, self._deliveries = [], []


def insert_rows(tx: Transaction, statements: dict[int, str], rows: Sequence[tuple[object, ...]]) -> None:
    for piece in chunks(rows, LARGEST):
        tx.execute(statements[len(piece)], [value for row in piece for value in row])


def turn(tx: Transaction, step: str, lane: str) -> str:
    """The status of one that joins a lane."""
    return "blocked" if tx.execute(SQL["lane_taken"], (step, lane)).fetchone() else "waiting"


def claim(
    tx: Transaction, room: dict[str, int], *, owner: str, now: int, lease: int, limit: int, most: Mapping[str, int]
) -> list[Delivery]:
    expired = tx.db.execute(SQL["expire_leases"], {"now": now}).rowcount
    if expired:
        tx.pending += expired
    if most:
        room = _left(tx, room, most)
    chosen = _chosen(tx, {step: free for step, free in room.items() if free > 0}, now, limit)
    if not chosen:
        return []
    ids = ids_json(chosen)
    tx.pending -= tx.execute(SQL["claim"], (owner, lease, ids)).rowcount
    found = {row[0]: _delivery(row) for row in _CLAIMED.decode(tx.execute(SQL["claimed"], (ids,)).fetchone()[0])}
    return [found[id] for id in chosen]


def _left(tx: Transaction, room: dict[str, int], most: Mapping[str, int]) -> dict[str, int]:
    """`room` as far as all owners together leave it."""
    names = msgspec.json.encode([step for step in most if room.get(step, 0) > 0]).decode()
    claimed = dict(tx.execute(SQL["claimed_of"], (names,)).fetchall())
    return {step: min(free, most[step] - claimed.get(step, 0)) if step in most else free for step, free in room.items()}


def _chosen(tx: Transaction, room: dict[str, int], now: int, limit: int) -> list[int]:
    """Ids to claim: the oldest due first, each step within its room."""
    names = list(room)
    if len(names) > _MANY_STEPS:
        waiting = {row[0] for row in tx.execute(SQL["steps_waiting"]).fetchall()}
        names = [step for step in names if step in waiting]
    if not names:
        return []
    most = min(limit, max(room[step] for step in names))
    parameters = {"steps": msgspec.json.encode(names).decode(), "now": now, "limit": most}
    chosen: list[int] = []
    for _, id, step in sorted(_CANDIDATES.decode(tx.db.execute(SQL["candidates"], parameters).fetchone()[0])):
        if room[step] > 0 and len(chosen) < limit:
            room[step] -= 1
            chosen.append(id)
    return chosen


def _delivery(row: Claimed) -> Delivery:
    return Delivery(
        id=row[0], event=row[1], step=row[2], topic=row[3], data=Raw(row[4].encode()), trace_id=row[5],
        flows=flows(row[6]), parent=row[7], group=row[8], hops=row[9], attempt=row[10], deaths=row[11],
        suspect=bool(row[12]), created=row[13], lost=row[14], due=row[15], begun=row[16],
    )  # fmt: skip


def ack_all(tx: Transaction, acks: Sequence[tuple[Sequence[int], str]]) -> list[None]:
    """Several acknowledgements, each of an owner's ids."""
    by_owner: dict[str, list[int]] = {}
    for ids, owner in acks:
        by_owner.setdefault(owner, []).extend(ids)
    for owner, ids in by_owner.items():
        tx.execute(SQL["end"], (ids_json(ids), owner))
    return [None] * len(acks)


ACKS = Kind(ack_all, moves=True, pages=lambda ack: 6 * len(ack[0]))


def bury(tx: Transaction, id: int, *, owner: str, reason: str, failure: bytes | None, now: int) -> None:
    if tx.execute(SQL["bury"], (reason, failure, now, id, owner)).rowcount:
        tx.execute(SQL["end"], (ids_json([id]), owner))


def redrive(tx: Transaction, ids: Sequence[int], now: int) -> int:
    count = 0
    for id in sorted(set(ids)):
        rows = tx.execute(SQL["exhume"], (id,)).fetchall()
        if not rows:
            continue
        event, step, lane, *rest = rows[0]
        tx.execute(SQL["rejoin_event"], (event, *rest))
        status = "waiting" if lane is None else turn(tx, step, lane)
        insert_rows(tx, _ADD_DELIVERIES, [(id, event, step, lane, status, now)])
        count += 1
    tx.pending += count
    return count


def redirect(tx: Transaction, step: str, to: str, *, fifo: bool, now: int, limit: int) -> int:
    """`limit` of them at most; what comes first in a lane moves first, so that lanes keep their order."""
    count = 0
    while count < limit and (rows := tx.execute(SQL["redirected"], (step, limit - count)).fetchall()):
        for id, old, group in rows:
            lane = group if fifo else None
            status = "waiting" if lane is None else turn(tx, to, lane)
            tx.db.execute(SQL["redirect"], {"to": to, "lane": lane, "status": status, "now": now, "id": id})
            if old is not None:
                tx.execute(SQL["next_of_lane"], (step, old))
        count += len(rows)
    return count


def drop(tx: Transaction, step: str, limit: int) -> int:
    """Blocked ones first: whoever is dropped before them would give them its turn."""
    count = tx.execute(SQL["drop_blocked"], (step, limit)).rowcount or (
        tx.execute(SQL["drop_waiting"], (step, limit)).rowcount
    )
    tx.pending -= count
    return count


def take_tick(tx: Transaction, name: str, tick: int, emission: Emission | None, now: int) -> Took:
    taken = tx.db.execute(SQL["take_tick"], {"name": name, "tick": tick, "latest": now + TICK_AHEAD}).rowcount
    if not taken:
        return "taken"
    if emission is not None:
        lane = emission.event.group
        if any(to.fifo and tx.execute(SQL["lane_claimed"], (to.step, lane)).fetchone() for to in emission.to):
            return "running"
        put_all(tx, [([emission], NO_LIMIT)])
    return "put"


def discard(tx: Transaction, ids: Sequence[int]) -> int:
    return _forget(tx, tx.execute(SQL["discard"], (ids_json(ids),)).fetchall())


def prune_dead(tx: Transaction, before: int, limit: int) -> int:
    return _forget(tx, tx.execute(SQL["prune_dead"], (before, limit)).fetchall())


def _forget(tx: Transaction, rows: list[tuple[int]]) -> int:
    tx.execute(SQL["once_end"], (ids_json([row[0] for row in rows]),))
    return len(rows)


def check_once(tx: Transaction, scope: str, key: str) -> None:
    """Raises TransactionConflict when it is remembered already, InvocationOver when its delivery is gone."""
    if tx.execute(SQL["once_get"], (scope, key)).fetchone():
        raise remembered(key)
    check_scope(tx, scope)


def check_scope(tx: Transaction, scope: str) -> None:
    """Raises InvocationOver when it is that of a delivery which is gone."""
    id = delivery_of(scope)
    if id is not None and tx.execute(SQL["finished"], (id, id)).fetchone()[0]:
        raise finished(id)


def remember_once(tx: Transaction, scope: str, key: str, value: bytes, now: int) -> bytes:
    if tx.execute(SQL["once_put"], (scope, key, value, now)).rowcount:
        return value
    return bytes(tx.execute(SQL["once_get"], (scope, key)).fetchone()[0])
