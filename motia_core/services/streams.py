"""Streams: items by group and id that browsers follow. Every change is stored, then published."""

from __future__ import annotations

import msgspec
from msgspec import Raw

from motia_core.errors import UnknownTarget
from motia_core.protocol.calls import Items, StreamGroup, StreamKey, StreamSend, StreamSet, StreamUpdate, Value
from motia_core.protocol.message import Nothing
from motia_core.services.context import Services, name
from motia_core.services.running import Active
from motia_core.services.state import ops, raw
from motia_core.storage.base import Keyed

CHANNEL = "streams"


class Change(msgspec.Struct, frozen=True, rename="camel"):
    """What is published: the envelope of the stream socket. `id` None = to the whole group."""

    timestamp: int
    stream_name: str
    group_id: str
    id: str | None
    event: str
    data: Raw = Raw(b"null")


class Streams:
    """The `streams.*` methods."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._clock = services.clock

    async def get(self, active: Active, call: StreamKey) -> Value:
        value = await self._store(call.stream).get(call.group, call.id, now=self._clock.now_ms())
        return Value(value=raw(value))

    async def set(self, active: Active, call: StreamSet) -> Value:
        value = self._services.value(call.value)
        created = await self._store(call.stream).set(
            name(call.group, "group"),
            name(call.id, "id"),
            value,
            now=self._clock.now_ms(),
            expires=self.expires(call.stream, call.ttl),
        )
        await self.publish(call.stream, call.group, call.id, "create" if created else "update", value)
        return Value(value=Raw(value))

    async def delete(self, active: Active, call: StreamKey) -> Value:
        value = await self._store(call.stream).delete(call.group, call.id, now=self._clock.now_ms())
        await self.publish(call.stream, call.group, call.id, "delete", value)
        return Value(value=raw(value))

    async def get_group(self, active: Active, call: StreamGroup) -> Items:
        items = await self._store(call.stream).group(call.group, now=self._clock.now_ms())
        return Items(items=[(item.key, Raw(item.value)) for item in items])

    async def update(self, active: Active, call: StreamUpdate) -> Value:
        value, created = await self._store(call.stream).update(
            name(call.group, "group"),
            name(call.id, "id"),
            ops(call.ops),
            now=self._clock.now_ms(),
            expires=self.expires(call.stream, call.ttl),
        )
        await self.publish(call.stream, call.group, call.id, "create" if created else "update", value)
        return Value(value=Raw(value))

    async def send(self, active: Active, call: StreamSend) -> Nothing:
        """To any name: nothing is stored, and steps may send on streams that no file declares."""
        await self.send_now(call.stream, call.group, call.id, call.type, self._services.value(call.data))
        return Nothing()

    async def send_now(self, stream: str, group: str, id: str | None, kind: str, data: bytes) -> None:
        body = msgspec.json.encode({"type": kind, "data": Raw(data)})
        await self.publish(stream, group, id, "event", body)

    async def publish(self, stream: str, group: str, id: str | None, event: str, data: bytes | None) -> None:
        change = Change(self._clock.now_ms(), stream, group, id, event, raw(data))
        await self._services.storage.notifier.publish(CHANNEL, msgspec.json.encode(change))

    def expires(self, stream: str, ttl: float | None) -> int | None:
        """When an item set now ends: by the call's ttl, else the stream's."""
        known = self._services.registry.current.streams.get(stream)
        return self._services.expires(ttl if ttl is not None or known is None else known.ttl)

    def _store(self, stream: str) -> Keyed:
        if stream not in self._services.registry.current.streams:
            known = ", ".join(sorted(self._services.registry.current.streams)) or "none"
            raise UnknownTarget(f"no stream is called '{stream}' (known: {known})")
        return self._services.storage.stream(stream)
