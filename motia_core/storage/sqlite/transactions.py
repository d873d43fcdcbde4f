"""Several writes in one commit, if what was read has not changed since. Composes what the stores do; owns no table."""

from __future__ import annotations

from collections.abc import Sequence

from motia_core.errors import TransactionConflict
from motia_core.storage.base import Emission, Emitted, OnceWrite, Seen, StateWrite, Write, Written
from motia_core.storage.items import StreamEvent
from motia_core.storage.sqlite import deliveries, state
from motia_core.storage.sqlite.changes import changed, space
from motia_core.storage.sqlite.transaction import Transaction


def apply(tx: Transaction, reads: Sequence[Seen], writes: Sequence[Write], now: int, limit: int) -> list[Written]:
    """Raises TransactionConflict or BacklogFull; the savepoint around it undoes what was done by then."""
    for seen in reads:
        if state.version(tx, space(seen.stream), seen.group, seen.key, now) != seen.version:
            what = f"`{seen.group}`" if seen.key is None else f"`{seen.key}` of `{seen.group}`"
            raise TransactionConflict(f"{what} has changed since it was read", hint="run the block again")
    for write in writes:
        if isinstance(write, OnceWrite):
            deliveries.check_once(tx, write.scope, write.key)
    # All emissions at once, so that the limit is compared with what the whole transaction would leave waiting.
    emitted: list[Emitted] = deliveries.put_all(
        tx, [([write for write in writes if isinstance(write, Emission)], limit)]
    )[0]
    emitted.reverse()
    return [emitted.pop() if isinstance(write, Emission) else _write(tx, write, now) for write in writes]


def _write(tx: Transaction, write: StateWrite | OnceWrite | StreamEvent, now: int) -> Written:
    if isinstance(write, StreamEvent):
        changed(tx, space(write.stream), write.group, write.key, "event", write.data, now)
        return None
    if isinstance(write, OnceWrite):
        return deliveries.remember_once(tx, write.scope, write.key, write.value, now)
    where = space(write.stream)
    if write.key is None:
        return state.clear(tx, where, write.group, now)
    if write.value is None:
        return state.delete(tx, where, write.group, write.key, now)
    state.put(tx, where, write.group, write.key, write.value, now=now, expires=write.expires, keep=write.keep)
    return write.value
