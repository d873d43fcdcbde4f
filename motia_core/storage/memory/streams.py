"""Streams as values: each stream is a `State` of its own, whose changes are numbered and told."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Raw

from motia_core.storage.base import Item
from motia_core.storage.items import Change, Kind, encode
from motia_core.storage.memory.state import State


class Streams:
    """The streams that hold anything, each of them by name, and the number of the last change of all."""

    def __init__(self, tell: Callable[[bytes], None]) -> None:
        self._all: dict[str, Stream] = {}
        self._tell = tell
        self.last = 0

    def all(self) -> list[State]:
        return list(self._all.values())

    def open(self, name: str) -> Stream:
        found = self._all.get(name)
        return found or self._all.setdefault(name, Stream(self, name))

    async def names(self) -> list[str]:
        return sorted(name for name, state in self._all.items() if state)

    def publish(self, name: str, group: str, key: str | None, kind: Kind, data: bytes, now: int) -> None:
        self.last = max(now, self.last + 1)
        self._tell(encode(Change(self.last, name, group, key, kind, Raw(data))))


class Stream(State):
    """One of them; see `items.StreamStore`."""

    def __init__(self, streams: Streams, name: str) -> None:
        super().__init__()
        self._streams = streams
        self._name = name

    def changed(self, group: str, key: str, kind: Kind, value: bytes, now: int) -> None:
        self.push(group, key, kind, value, now)

    def push(self, group: str, key: str | None, kind: Kind, data: bytes, now: int) -> None:
        """Numbers and tells; nothing is stored."""
        self._streams.publish(self._name, group, key, kind, data, now)

    async def send(self, group: str, key: str | None, data: bytes, *, now: int) -> None:
        self.push(group, key, "event", data, now)

    async def pass_over(self, stamp: int) -> None:
        self._streams.last = max(self._streams.last, stamp)

    async def page(self, group: str, *, now: int, offset: int, limit: int | None) -> list[Item]:
        return (await self.group(group, now=now))[offset : None if limit is None else offset + limit]

    async def snapshot(self, group: str, key: str | None = None, *, now: int) -> tuple[list[Item], int]:
        self._streams.last = self._streams.last or now
        found = await self.group(group, now=now)
        return [item for item in found if key is None or item.key == key], self._streams.last
