"""Values by group and key. The module's functions work inside a transaction, `State` offers them to callers.

Owns the table `entries`, which the streams share under a `space` of their own; what happens in there is told by
`changes.py`. Never commits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence

import msgspec

from motia_core.storage import operations
from motia_core.storage.base import Item, Op
from motia_core.storage.sqlite.batch import PAGE, Kind, chunks
from motia_core.storage.sqlite.changes import changed
from motia_core.storage.sqlite.database import Database
from motia_core.storage.sqlite.queries import LARGEST, load, with_rows
from motia_core.storage.sqlite.transaction import Transaction

Setting = tuple[str, str, str, bytes, int, int | None]
"""Space, group, key, value, now, expires."""

_SQL = load("entries")
_PRESENT = with_rows(_SQL["present"], 3)
_UPSERT = with_rows(_SQL["upsert"], 6)
_THERE = msgspec.json.Decoder(list[tuple[str, str, str, int | None]])
_GET, _READ, _GROUP, _VERSIONS = _SQL["get"], _SQL["read"], _SQL["group"], _SQL["versions"]
_OVERWRITE, _KEEP, _INSERT = _SQL["overwrite"], _SQL["overwrite_keeping_expiry"], _SQL["insert"]
_DELETE, _COUNT, _CLEAR, _EMPTY = _SQL["delete"], _SQL["count"], _SQL["clear"], _SQL["empty"]


def get(tx: Transaction, space: str, group: str, key: str, now: int) -> bytes | None:
    row = tx.execute(_GET, (space, group, key, now)).fetchone()
    return None if row is None else bytes(row[0])


def put(
    tx: Transaction,
    space: str,
    group: str,
    key: str,
    value: bytes,
    *,
    now: int,
    expires: int | None,
    keep: bool = False,
) -> bool:
    """`keep`: without `expires` the expiry that is there stays."""
    version, place = tx.version(), (space, group, key, now)
    if keep and expires is None:
        there = tx.execute(_KEEP, (value, version, *place)).rowcount
    else:
        there = tx.execute(_OVERWRITE, (value, version, expires, *place)).rowcount
    if there:
        changed(tx, space, group, key, "update", value, now)
        return False
    if space:
        delete(tx, space, group, key, now)  # one that has expired: its followers still have it
    tx.execute(_INSERT, (space, group, key, value, version, expires))
    changed(tx, space, group, key, "create", value, now)
    return True


def put_all(tx: Transaction, sets: Sequence[Setting]) -> list[bool]:
    """Several sets; whether each key is new."""
    if len(sets) == 1:
        space, group, key, value, now, expires = sets[0]
        return [put(tx, space, group, key, value, now=now, expires=expires)]
    results: list[bool] = []
    piece: dict[tuple[str, str, str], Setting] = {}
    for one in sets:
        if one[:3] in piece:
            results += _put_different(tx, piece)
            piece = {}
        piece[one[:3]] = one
    return results + _put_different(tx, piece)


def _put_different(tx: Transaction, sets: dict[tuple[str, str, str], Setting]) -> list[bool]:
    """Sets of different keys, in two statements."""
    results: list[bool] = []
    for keys in chunks(list(sets), LARGEST):
        found = tx.execute(_PRESENT[len(keys)], [part for key in keys for part in key]).fetchone()[0]
        there = {(space, group, key): expires for space, group, key, expires in _THERE.decode(found)}
        values: list[object] = []
        for name in keys:
            space, group, key, value, now, expires = sets[name]
            old = there.get(name)
            expired = old is not None and old <= now
            if expired:
                delete(tx, *name, now)  # so that the new one is last in its group
            results.append(expired or name not in there)
            changed(tx, space, group, key, "create" if results[-1] else "update", value, now)
            values += (space, group, key, value, tx.version(), expires)
        tx.execute(_UPSERT[len(keys)], values)
    return results


def _pages(setting: Setting) -> int | None:
    """The row and its two places in indexes, and what a long value fills. What is told of streams is another matter."""
    return None if setting[0] else 3 + len(setting[3]) // PAGE


SETS = Kind(put_all, moves=False, pages=_pages)


def delete(tx: Transaction, space: str, group: str, key: str, now: int) -> bytes | None:
    rows = tx.execute(_DELETE, (space, group, key)).fetchall()
    if not rows:
        return None
    value, expires = rows[0]
    changed(tx, space, group, key, "delete", value, now)
    return None if expires is not None and expires <= now else bytes(value)


def clear(tx: Transaction, space: str, group: str, now: int) -> int:
    if space:
        gone = sorted(tx.execute(_EMPTY, (space, group)).fetchall())
        for _, key, value, _ in gone:
            changed(tx, space, group, key, "delete", value, now)
        return sum(1 for *_, expires in gone if expires is None or expires > now)
    count: int = tx.execute(_COUNT, (space, group, now)).fetchone()[0]
    tx.execute(_CLEAR, (space, group))
    return count


def sweep(tx: Transaction, now: int, limit: int) -> int:
    """Removes what has expired in any space."""
    gone = sorted(tx.execute(_SQL["sweep"], (now, limit)).fetchall())
    for _, _, space, group, key, value in gone:
        changed(tx, space, group, key, "delete", value, now)
    return len(gone)


def version(tx: Transaction, space: str, group: str, key: str | None, now: int) -> str:
    """Of a key, or of a whole group."""
    if key is None:
        return group_version(row[0] for row in tx.execute(_VERSIONS, (space, group, now)))
    row = tx.execute(_READ, (space, group, key, now)).fetchone()
    return "0" if row is None else str(row[1])


def group_version(versions: Iterable[int]) -> str:
    """Every write has a version of its own, so that the list of them names what the group holds, deletions and
    expiries included; nothing need be written for it."""
    text = ",".join(map(str, versions))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest() if text else "0"


class State:
    """One space of values; `full` is the durability of its writes."""

    def __init__(self, database: Database, *, space: str = "", full: bool) -> None:
        self._database = database
        self._space = space
        self._full = full

    async def get(self, group: str, key: str, *, now: int) -> bytes | None:
        rows = await self._database.look(_GET, (self._space, group, key, now))
        return rows[0][0] if rows else None

    async def read(self, group: str, key: str, *, now: int) -> tuple[bytes | None, str]:
        rows = await self._database.look(_READ, (self._space, group, key, now))
        return (rows[0][0], str(rows[0][1])) if rows else (None, "0")

    async def set(self, group: str, key: str, value: bytes, *, now: int, expires: int | None = None) -> bool:
        setting = (self._space, group, key, value, now, expires)
        return await self._database.write_among(SETS, setting, full=self._full)

    async def delete(self, group: str, key: str, *, now: int) -> bytes | None:
        return await self._database.write(lambda tx: delete(tx, self._space, group, key, now), full=self._full)

    async def clear(self, group: str, *, now: int) -> int:
        return await self._database.write(lambda tx: clear(tx, self._space, group, now), full=self._full)

    async def group(self, group: str, *, now: int) -> list[Item]:
        return (await self.read_group(group, now=now))[0]

    async def read_group(self, group: str, *, now: int) -> tuple[list[Item], str]:
        rows = await self._database.rows(_GROUP, (self._space, group, now))
        return [Item(key, value, str(version)) for key, value, version in rows], group_version(row[2] for row in rows)

    async def keys(self, group: str, *, now: int) -> list[str]:
        return [row[0] for row in await self._database.rows(_SQL["keys"], (self._space, group, now))]

    async def groups(self, *, now: int) -> list[str]:
        parameters = {"space": self._space, "now": now}
        return await self._database.read(lambda db: [row[0] for row in db.execute(_SQL["groups"], parameters)])

    async def update(
        self,
        group: str,
        key: str,
        ops: Sequence[Op],
        *,
        now: int,
        expires: int | None = None,
        then: Callable[[bytes], bytes] | None = None,
    ) -> tuple[bytes, bool]:
        def work(tx: Transaction) -> tuple[bytes, bool]:
            before = get(tx, self._space, group, key, now)
            after = operations.updated(before, ops)
            after = after if then is None else then(after)
            return after, put(tx, self._space, group, key, after, now=now, expires=expires, keep=True)

        return await self._database.write(work, full=self._full)

    async def set_if_absent(
        self, group: str, key: str, value: bytes, *, now: int, expires: int | None = None
    ) -> tuple[bool, bytes]:
        def work(tx: Transaction) -> tuple[bool, bytes]:
            before = get(tx, self._space, group, key, now)
            if before is not None:
                return False, before
            put(tx, self._space, group, key, value, now=now, expires=expires)
            return True, value

        return await self._database.write(work, full=self._full)

    async def compare_and_set(
        self, group: str, key: str, expected: bytes, value: bytes, *, now: int, expires: int | None = None
    ) -> tuple[bool, bytes | None]:
        def work(tx: Transaction) -> tuple[bool, bytes | None]:
            before = get(tx, self._space, group, key, now)
            if not operations.same(before, expected):
                return False, before
            put(tx, self._space, group, key, value, now=now, expires=expires)
            return True, value

        return await self._database.write(work, full=self._full)
