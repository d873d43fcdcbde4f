"""State: values by group and key, shared by all steps in all languages."""

from __future__ import annotations

from msgspec import Raw

from motia_core.protocol.calls import (
    Call,
    Count,
    Items,
    Names,
    Operation,
    StateCompare,
    StateGroup,
    StateKey,
    StateSet,
    StateUpdate,
    Stored,
    Value,
)
from motia_core.services.context import Services, name
from motia_core.services.running import Active
from motia_core.storage.base import Op

NULL = b"null"


def raw(value: bytes | None) -> Raw:
    return Raw(NULL if value is None else value)


def ops(operations: list[Operation]) -> list[Op]:
    return [Op(each.op, each.path, each.value) for each in operations]


class State:
    """The `state.*` methods."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._store = services.storage.state
        self._clock = services.clock

    async def get(self, active: Active, call: StateKey) -> Value:
        return Value(value=raw(await self._store.get(call.group, call.key, now=self._clock.now_ms())))

    async def set(self, active: Active, call: StateSet) -> Value:
        value = self._services.value(call.value)
        expires = self._services.expires(call.ttl)
        await self._store.set(
            name(call.group, "group"), name(call.key, "key"), value, now=self._clock.now_ms(), expires=expires
        )
        return Value(value=Raw(value))

    async def delete(self, active: Active, call: StateKey) -> Value:
        return Value(value=raw(await self._store.delete(call.group, call.key, now=self._clock.now_ms())))

    async def clear(self, active: Active, call: StateGroup) -> Count:
        return Count(count=await self._store.clear(call.group, now=self._clock.now_ms()))

    async def get_group(self, active: Active, call: StateGroup) -> Items:
        items = await self._store.group(call.group, now=self._clock.now_ms())
        return Items(items=[(item.key, Raw(item.value)) for item in items])

    async def keys(self, active: Active, call: StateGroup) -> Names:
        return Names(names=await self._store.keys(call.group, now=self._clock.now_ms()))

    async def groups(self, active: Active, call: Call) -> Names:
        return Names(names=await self._store.groups(now=self._clock.now_ms()))

    async def update(self, active: Active, call: StateUpdate) -> Value:
        value, _ = await self._store.update(
            name(call.group, "group"),
            name(call.key, "key"),
            ops(call.ops),
            now=self._clock.now_ms(),
            expires=self._services.expires(call.ttl),
        )
        return Value(value=Raw(value))

    async def set_if_absent(self, active: Active, call: StateSet) -> Stored:
        stored, value = await self._store.set_if_absent(
            name(call.group, "group"),
            name(call.key, "key"),
            self._services.value(call.value),
            now=self._clock.now_ms(),
            expires=self._services.expires(call.ttl),
        )
        return Stored(stored=stored, value=Raw(value))

    async def compare_and_set(self, active: Active, call: StateCompare) -> Stored:
        stored, value = await self._store.compare_and_set(
            name(call.group, "group"),
            name(call.key, "key"),
            bytes(call.expected),
            self._services.value(call.value),
            now=self._clock.now_ms(),
            expires=self._services.expires(call.ttl),
        )
        return Stored(stored=stored, value=raw(value))
