"""Values by group and key in dicts. Atomic because nothing here awaits; `streams.py` listens to what changes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import count

from msgspec import Struct

from motia_core.storage import operations
from motia_core.storage.base import Item, Op
from motia_core.storage.items import Kind

VERSIONS = count(1)


class Entry(Struct):
    value: bytes
    version: int
    expires: int | None

    def there(self, now: int) -> bool:
        return self.expires is None or self.expires > now


class State:
    """One space of values. The methods without `async` are for transactions."""

    def __init__(self) -> None:
        self._groups: dict[str, dict[str, Entry]] = {}
        self._earliest = math.inf

    def changed(self, group: str, key: str, kind: Kind, value: bytes, now: int) -> None:
        """What happens in the state is nobody's news."""

    def __bool__(self) -> bool:
        return any(self._groups.values())

    def entry(self, group: str, key: str, now: int) -> Entry | None:
        found = self._groups.get(group, {}).get(key)
        return found if found is not None and found.there(now) else None

    def entries(self, group: str, now: int) -> Iterator[tuple[str, Entry]]:
        return ((key, entry) for key, entry in self._groups.get(group, {}).items() if entry.there(now))

    def names(self, now: int) -> list[str]:
        return sorted(group for group in self._groups if any(True for _ in self.entries(group, now)))

    def version(self, group: str, key: str | None, now: int) -> str:
        if key is not None:
            found = self.entry(group, key, now)
            return "0" if found is None else str(found.version)
        return ",".join(str(entry.version) for _, entry in self.entries(group, now)) or "0"

    def put(self, group: str, key: str, value: bytes, *, now: int, expires: int | None, keep: bool = False) -> bool:
        """`keep`: without `expires` the expiry that is there stays."""
        before = self.entry(group, key, now)
        new = before is None
        if keep and expires is None and before is not None:
            expires = before.expires
        if new:
            self.take(group, key, now)  # an expired value must not keep its place
        self._groups.setdefault(group, {})[key] = Entry(value, next(VERSIONS), expires)
        self._earliest = min(self._earliest, math.inf if expires is None else expires)
        self.changed(group, key, "create" if new else "update", value, now)
        return new

    def take(self, group: str, key: str, now: int) -> bytes | None:
        found = self._groups.get(group, {}).pop(key, None)
        if found is None:
            return None
        self.changed(group, key, "delete", found.value, now)
        return found.value if found.there(now) else None

    def empty(self, group: str, now: int) -> int:
        count = sum(1 for _ in self.entries(group, now))
        for key, entry in self._groups.pop(group, {}).items():
            self.changed(group, key, "delete", entry.value, now)
        return count

    def sweep(self, now: int, limit: int) -> int:
        """Removes expired values."""
        if now < self._earliest:
            return 0
        timed = sorted(
            (entry.expires, group, key)
            for group, keys in self._groups.items()
            for key, entry in keys.items()
            if entry.expires is not None
        )
        gone = [(group, key) for expires, group, key in timed if expires <= now][:limit]
        for group, key in gone:
            self.take(group, key, now)
        self._earliest = timed[len(gone)][0] if len(gone) < len(timed) else math.inf
        return len(gone)

    async def get(self, group: str, key: str, *, now: int) -> bytes | None:
        found = self.entry(group, key, now)
        return None if found is None else found.value

    async def read(self, group: str, key: str, *, now: int) -> tuple[bytes | None, str]:
        found = self.entry(group, key, now)
        return (None, "0") if found is None else (found.value, str(found.version))

    async def set(self, group: str, key: str, value: bytes, *, now: int, expires: int | None = None) -> bool:
        return self.put(group, key, value, now=now, expires=expires)

    async def delete(self, group: str, key: str, *, now: int) -> bytes | None:
        return self.take(group, key, now)

    async def clear(self, group: str, *, now: int) -> int:
        return self.empty(group, now)

    async def group(self, group: str, *, now: int) -> list[Item]:
        return [Item(key, entry.value, str(entry.version)) for key, entry in self.entries(group, now)]

    async def read_group(self, group: str, *, now: int) -> tuple[list[Item], str]:
        return await self.group(group, now=now), self.version(group, None, now)

    async def keys(self, group: str, *, now: int) -> list[str]:
        return [key for key, _ in self.entries(group, now)]

    async def groups(self, *, now: int) -> list[str]:
        return self.names(now)

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
        before = self.entry(group, key, now)
        after = operations.updated(None if before is None else before.value, ops)
        after = after if then is None else then(after)
        return after, self.put(group, key, after, now=now, expires=expires, keep=True)

    async def set_if_absent(
        self, group: str, key: str, value: bytes, *, now: int, expires: int | None = None
    ) -> tuple[bool, bytes]:
        before = self.entry(group, key, now)
        if before is not None:
            return False, before.value
        return self.put(group, key, value, now=now, expires=expires), value

    async def compare_and_set(
        self, group: str, key: str, expected: bytes, value: bytes, *, now: int, expires: int | None = None
    ) -> tuple[bool, bytes | None]:
        found = self.entry(group, key, now)
        before = None if found is None else found.value
        if not operations.same(before, expected):
            return False, before
        self.put(group, key, value, now=now, expires=expires)
        return True, value
