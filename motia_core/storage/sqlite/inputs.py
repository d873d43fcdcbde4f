"""Inputs kept for replay, many in one row: a row each would cost as much as the span it belongs to, for what is looked
for by hand, seldom and one by one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

import anyio.lowlevel
import msgspec

from motia_core.storage.history import KeptInput
from motia_core.storage.sqlite.queries import load
from motia_core.storage.sqlite.transaction import Transaction

Pack = tuple[int, int, int, bytes]
"""How many inputs, the bytes of their bodies, the time of the newest, and all of them."""

_SQL = load("inputs")
_PACK = 256
"""Inputs of one row."""
_HEAVY = 256 * 1024
"""Bytes of their bodies after which a row takes no more: it is read and written as a whole."""
_AT_ONCE = 500
"""Rows removed in one transaction, so that recording gets its turn."""
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[KeptInput]).decode


async def packs_in_turns(inputs: Sequence[KeptInput]) -> list[Pack]:
    """Made on the loop, which has its turn between two of them: see `rows.py`."""
    made: list[Pack] = []
    for some in _portions(inputs):
        made.append(_pack(some))
        await anyio.lowlevel.checkpoint()
    return made


def insert(tx: Transaction, packs: Sequence[Pack]) -> None:
    for pack in packs:
        tx.execute(_SQL["add"], pack)


def find(db: sqlite3.Connection, span: str) -> KeptInput | None:
    """The newest of that span."""
    name = span.encode("utf-8", "replace")
    for (body,) in db.execute(_SQL["newest"]):
        if name in body:
            found = next((one for one in reversed(_decode(body)) if one.span == span), None)
            if found is not None:
                return found
    return None


def held(db: sqlite3.Connection) -> tuple[int, int]:
    """How many, and the bytes of their bodies."""
    count, size = db.execute(_SQL["held"]).fetchone()
    return int(count), int(size)


def thin_out(tx: Transaction, *, before: int = 0, most: int | None = None, most_bytes: int | None = None) -> int:
    """Removes from the oldest on: what is older than `before`, and what is more than so many or so many bytes. Returns
    how many went; to be called until none does."""
    count, size = held(tx.db)
    most = count if most is None else most
    most_bytes = size if most_bytes is None else most_bytes
    removed = 0
    for number, inputs, weight, newest in tx.execute(_SQL["oldest"], (_AT_ONCE,)).fetchall():
        if newest < before or count - inputs >= most < count or size - weight >= most_bytes < size:
            left: list[KeptInput] = []
        else:
            left = _decode(tx.execute(_SQL["body"], (number,)).fetchone()[0])
            gone, over, heavy = 0, count - most, size - most_bytes
            while gone < inputs and (left[gone].time < before or over > 0 or heavy > 0):
                gone, over, heavy = gone + 1, over - 1, heavy - len(left[gone].body)
            left = left[gone:]
        removed += inputs - len(left)
        if left:
            if len(left) < inputs:
                tx.execute(_SQL["replace"], (*_pack(left), number))
            break
        tx.execute(_SQL["remove"], (number,))
        count, size = count - inputs, size - weight
    return removed


def _portions(inputs: Sequence[KeptInput]) -> Iterator[Sequence[KeptInput]]:
    first = weight = 0
    for at, one in enumerate(inputs):
        if at - first == _PACK or weight >= _HEAVY:
            yield inputs[first:at]
            first, weight = at, 0
        weight += len(one.body)
    if first < len(inputs):
        yield inputs[first:]


def _pack(inputs: Sequence[KeptInput]) -> Pack:
    size, newest = sum(len(one.body) for one in inputs), max(one.time for one in inputs)
    return len(inputs), size, newest, _encode(inputs)
