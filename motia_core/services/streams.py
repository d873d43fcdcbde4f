"""Streams: items by group and id that browsers follow. The store numbers and publishes every change it makes."""

from __future__ import annotations

from functools import partial

import anyio.to_thread
import msgspec
from msgspec import Raw

from motia_core.errors import UnknownTarget
from motia_core.model import Stream, is_hidden
from motia_core.protocol.calls import (
    Items,
    StreamGroup,
    StreamKey,
    StreamQuery,
    StreamSend,
    StreamSet,
    StreamUpdate,
    Value,
)
from motia_core.protocol.message import Nothing
from motia_core.services.context import Services, name
from motia_core.services.items import Checks
from motia_core.services.running import Active
from motia_core.services.selection import Wanted, select
from motia_core.services.state import NULL, ops, raw
from motia_core.storage.items import StreamStore
from motia_core.storage.operations import decoded

_MANY = 500
"""From so many items on, choosing among them would hold up the loop."""


class Streams:
    """The `streams.*` methods."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._clock = services.clock
        self._checks = Checks(services)

    async def get(self, active: Active, call: StreamKey) -> Value:
        return Value(value=raw(await self.store(call.stream).get(call.group, call.id, now=self._clock.now_ms())))

    async def set(self, active: Active, call: StreamSet) -> Value:
        store, item = self.store(call.stream), self.item(active, call)
        if item is None:
            return Value()
        expires = self.expires(call.stream, call.ttl)
        await store.set(call.group, call.id, item, now=self._clock.now_ms(), expires=expires)
        return Value(value=Raw(item))

    async def delete(self, active: Active, call: StreamKey) -> Value:
        return Value(value=raw(await self.store(call.stream).delete(call.group, call.id, now=self._clock.now_ms())))

    async def get_group(self, active: Active, call: StreamGroup) -> Items:
        items = await self.store(call.stream).group(call.group, now=self._clock.now_ms())
        return Items(items=[(item.key, Raw(item.value)) for item in items])

    async def query(self, active: Active, call: StreamQuery) -> Items:
        store, now = self.store(call.stream), self._clock.now_ms()
        wanted = Wanted(
            where={path: decoded(value) for path, value in call.where.items()},
            order_by=call.order_by,
            order_direction=call.order_direction,
            offset=call.offset,
            limit=call.limit,
        )
        if call.items is not None:
            items = [(key, bytes(value)) for key, value in call.items]
        elif wanted.whole:
            page = await store.page(call.group, now=now, offset=call.offset, limit=call.limit)
            return Items(items=[(item.key, Raw(item.value)) for item in page])
        else:
            items = [(item.key, item.value) for item in await store.group(call.group, now=now)]
        many = len(items) > _MANY
        found = await anyio.to_thread.run_sync(select, items, wanted) if many else select(items, wanted)
        return Items(items=[(key, Raw(value)) for key, value in found])

    async def update(self, active: Active, call: StreamUpdate) -> Value:
        store, stream = self.store(call.stream), self.known(call.stream)
        item, _ = await store.update(
            name(call.group, "group"),
            name(call.id, "id"),
            ops(call.ops),
            now=self._clock.now_ms(),
            expires=self.expires(call.stream, call.ttl),
            then=partial(self._checks.stored, stream, call.group, call.id),
        )
        self._checks.warn(active, stream, call.group, call.id, item)
        return Value(value=Raw(item))

    async def send(self, active: Active, call: StreamSend) -> Nothing:
        data = self.event(call)
        store = self._services.storage.stream(call.stream)
        await store.send(call.group, call.id or None, data, now=self._clock.now_ms())
        return Nothing()

    def item(self, active: Active, call: StreamSet) -> bytes | None:
        """What a `set` stores; None when it sets nothing, which is what `null` does. Raises when it is no item."""
        stream, value = self.known(call.stream), self._services.value(call.value)
        if value.strip() == NULL:
            text = f"streams.{call.stream}.set with no value does nothing; `delete` removes an item"
            self._services.warn_once(active, "null_item", call.stream, text)
            return None
        item = self._checks.stored(stream, name(call.group, "group"), name(call.id, "id"), value)
        self._checks.warn(active, stream, call.group, call.id, item)
        return item

    def event(self, call: StreamSend) -> bytes:
        """What a `send` publishes. Raises when the stream is not known and has to be."""
        if not call.ad_hoc:
            self.known(call.stream)
        name(call.group, "group")
        return msgspec.json.encode({"type": call.type, "data": Raw(self._services.value(call.data))})

    def expires(self, stream: str, ttl: float | None) -> int | None:
        """When an item set now ends: by the call's ttl, else the stream's."""
        known = self._services.registry.current.streams.get(stream)
        return self._services.expires(ttl if ttl is not None or known is None else known.ttl)

    def known(self, stream: str) -> Stream:
        """The stream of that name. Raises UnknownTarget."""
        streams = self._services.registry.current.streams
        if stream not in streams:
            known = ", ".join(sorted(name for name in streams if not is_hidden(name))) or "none"
            raise UnknownTarget(f"no stream is called '{stream}' (known: {known})")
        return streams[stream]

    def store(self, stream: str) -> StreamStore:
        """Where its items are. Raises UnknownTarget."""
        return self._services.storage.stream(self.known(stream).name)
