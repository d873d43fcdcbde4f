"""What happens to deliveries, as functions that work inside a transaction: put, claim, end, bury, redrive.

Keeps two promises between them: a lane has at most one delivery that is not blocked, and `Transaction.pending` is the
number that wait or are blocked.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import Raw

from motia_core.errors import BacklogFull
from motia_core.model import Delivery
from motia_core.storage.base import Emission, Emitted
from motia_core.storage.sqlite.queries import load
from motia_core.storage.sqlite.transaction import Transaction

SQL = load("events")
_FLOWS = msgspec.json.Decoder(tuple[str, ...])
_MANY_STEPS = 32


def ids_json(ids: Sequence[int]) -> str:
    return f"[{','.join(map(str, ids))}]"


def flows(text: str) -> tuple[str, ...]:
    return () if text == "[]" else _FLOWS.decode(text)


def put_all(tx: Transaction, emissions: Sequence[Emission], limit: int) -> list[Emitted]:
    before = tx.pending
    results = [_put(tx, emission) for emission in emissions]
    if tx.pending > limit and tx.pending > before:
        raise BacklogFull(f"{before} deliveries wait already; {limit} may", hint="slow down, or raise queue.backlog")
    return results


def _put(tx: Transaction, emission: Emission) -> Emitted:
    event = emission.event
    if event.dedup is not None:
        earlier = tx.execute(SQL["emit_id"], (event.topic, event.dedup, emission.dedup_since)).fetchone()
        if earlier is not None:
            return Emitted(earlier[0], earlier[1], duplicate=True)
    id = tx.next()
    count = len(emission.to)
    if event.dedup is not None:
        tx.execute(SQL["remember_emit_id"], (event.topic, event.dedup, id, count, event.created))
    if not count:
        return Emitted(id, 0)
    written_flows = msgspec.json.encode(event.flows).decode() if event.flows else "[]"
    tx.execute(
        SQL["add_event"],
        (
            id,
            event.topic,
            bytes(event.data),
            event.trace_id,
            written_flows,
            event.parent,
            event.group,
            event.hops,
            event.created,
            count,
        ),
    )
    for to in emission.to:
        lane = event.group if to.fifo else None
        status = "waiting" if lane is None else _turn(tx, to.step, lane)
        tx.execute(SQL["add_delivery"], (tx.next(), id, to.step, lane, status, to.due))
    tx.pending += count
    return Emitted(id, count)


def _turn(tx: Transaction, step: str, lane: str) -> str:
    return "blocked" if tx.execute(SQL["lane_taken"], (step, lane)).fetchone() else "waiting"


def claim(tx: Transaction, room: dict[str, int], *, owner: str, now: int, lease: int, limit: int) -> list[Delivery]:
    expired = tx.execute(SQL["expire_leases"], (now,)).rowcount
    if expired:
        tx.pending += expired
    names = [step for step, free in room.items() if free > 0]
    if len(names) > _MANY_STEPS:
        waiting = {row[0] for row in tx.execute(SQL["steps_waiting"])}
        names = [step for step in names if step in waiting]
    found: list[tuple[int, int]] = []
    for step in names:
        found += tx.execute(SQL["candidates"], (step, now, min(room[step], limit))).fetchall()
    if not found:
        return []
    found.sort()
    chosen = ids_json([id for _, id in found[:limit]])
    tx.pending -= tx.execute(SQL["claim"], (owner, lease, chosen)).rowcount
    return [
        Delivery(
            id=row[0],
            event=row[1],
            step=row[2],
            topic=row[3],
            data=Raw(row[4]),
            trace_id=row[5],
            flows=flows(row[6]),
            parent=row[7],
            group=row[8],
            hops=row[9],
            attempt=row[10],
            deaths=row[11],
            suspect=bool(row[12]),
            created=row[13],
        )
        for row in tx.execute(SQL["claimed"], (chosen,)).fetchall()
    ]


def ack(tx: Transaction, ids: Sequence[int], owner: str) -> None:
    for id in ids:
        if _end(tx, id, owner):
            tx.execute(SQL["once_end"], (f"delivery:{id}",))


def bury(tx: Transaction, id: int, *, owner: str, reason: str, failure: bytes | None, now: int) -> None:
    if tx.execute(SQL["bury"], (reason, failure, now, id, owner)).rowcount:
        _end(tx, id, owner)


def _end(tx: Transaction, id: int, owner: str) -> bool:
    """Takes away a claimed delivery, its event if it was the last, and gives its lane to the next."""
    ended = tx.execute(SQL["end"], (id, owner)).fetchall()
    if not ended:
        return False
    event, step, lane = ended[0]
    if not tx.execute(SQL["end_last"], (event,)).rowcount:
        tx.execute(SQL["end_one"], (event,))
    if lane is not None:
        tx.execute(SQL["next_of_lane"], (step, lane))
    return True


def redrive(tx: Transaction, ids: Sequence[int], now: int) -> int:
    count = 0
    for id in sorted(set(ids)):
        rows = tx.execute(SQL["exhume"], (id,)).fetchall()
        if not rows:
            continue
        event, step, lane, *rest = rows[0]
        tx.execute(SQL["rejoin_event"], (event, *rest))
        status = "waiting" if lane is None else _turn(tx, step, lane)
        tx.execute(SQL["add_delivery"], (id, event, step, lane, status, now))
        count += 1
    tx.pending += count
    return count


def discard(tx: Transaction, ids: Sequence[int]) -> int:
    return _forget(tx, tx.execute(SQL["discard"], (ids_json(ids),)).fetchall())


def prune_dead(tx: Transaction, before: int, limit: int) -> int:
    return _forget(tx, tx.execute(SQL["prune_dead"], (before, limit)).fetchall())


def _forget(tx: Transaction, rows: list[tuple[int]]) -> int:
    for (id,) in rows:
        tx.execute(SQL["once_end"], (f"delivery:{id}",))
    return len(rows)


def remember_once(tx: Transaction, scope: str, key: str, value: bytes, now: int) -> bytes:
    if tx.execute(SQL["once_put"], (scope, key, value, now)).rowcount:
        return value
    return bytes(tx.execute(SQL["once_get"], (scope, key)).fetchone()[0])
