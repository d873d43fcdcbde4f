"""Values by group and key in dicts. Atomic because nothing here awaits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count

from msgspec import Struct

from motia_core.storage import operations
from motia_core.storage.base import Item, Op

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

    def __bool__(self) -> bool:
        return any(self._groups.values())

    def entry(self, group: str, key: str, now: int) -> Entry | None:
        found = self._groups.get(group, {}).get(key)
        return found if found is not None and found.there(now) else None

    def entries(self, group: str, now: int) -> Iterator[tuple[str, Entry]]:
        return ((key, entry) for key, entry in self._groups.get(group, {}).items() if entry.there(now))

    def version(self, group: str, key: str | None, now: int) -> str:
        if key is not None:
            found = self.entry(group, key, now)
            return "0" if found is None else str(found.version)
        return ",".join(str(entry.version) for _, entry in self.entries(group, now)) or "0"

    def put(self, group: str, key: str, value: bytes, *, now: int, expires: int | None) -> bool:
        keys = self._groups.setdefault(group, {})
        new = self.entry(group, key, now) is None
        if new:
            keys.pop(key, None)  # an expired value must not keep its place
        keys[key] = Entry(value, next(VERSIONS), expires)
        return new

    def take(self, group: str, key: str, now: int) -> bytes | None:
        found = self.entry(group, key, now)
        self._groups.get(group, {}).pop(key, None)
        return None if found is None else found.value

    def empty(self, group: str, now: int) -> int:
        count = sum(1 for _ in self.entries(group, now))
        self._groups.pop(group, None)
        return count

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
        return sorted(group for group in self._groups if any(True for _ in self.entries(group, now)))

    async def update(
        self, group: str, key: str, ops: Sequence[Op], *, now: int, expires: int | None = None
    ) -> tuple[bytes, bool]:
        before = self.entry(group, key, now)
        after = operations.updated(None if before is None else before.value, ops)
        if before is not None and expires is None:
            expires = before.expires
        return after, self.put(group, key, after, now=now, expires=expires)

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

    async def sweep(self, *, now: int, limit: int = 1000) -> list[tuple[str, str]]:
        gone = [
            (group, key) for group, keys in self._groups.items() for key, entry in keys.items() if not entry.there(now)
        ][:limit]
        for group, key in gone:
            del self._groups[group][key]
        return gone
