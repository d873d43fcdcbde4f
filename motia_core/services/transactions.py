"""Transactions and `once`: what a block read and wrote, applied in one commit or not at all."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from msgspec import Raw, Struct

from motia_core.errors import CallRefused
from motia_core.protocol import calls
from motia_core.services.context import Services, name
from motia_core.services.events import Events
from motia_core.services.running import Active
from motia_core.services.state import raw
from motia_core.services.streams import Streams
from motia_core.storage.base import Emission, Emitted, Keyed, OnceWrite, Seen, StateWrite, Written
from motia_core.storage.items import StreamEvent

_Change = StateWrite | OnceWrite | Emission | StreamEvent
_LIMIT = 10_000


class _Planned(Struct):
    """One write: what the store does, and how its result reads on the wire. `change` None = nothing."""

    change: _Change | None
    method: str
    params: calls.Call


class Transactions:
    """The `transaction.*` and `once.*` methods."""

    def __init__(self, services: Services, events: Events, streams: Streams) -> None:
        self._services = services
        self._events = events
        self._streams = streams
        self._plans: dict[str, tuple[type[calls.Call], Callable[[Active, calls.Call], _Change | None]]] = {
            "state.set": (calls.StateWrite, self._state_set),
            "state.delete": (calls.StateKey, self._state_delete),
            "state.clear": (calls.StateGroup, self._state_clear),
            "streams.set": (calls.StreamWrite, self._stream_set),
            "streams.delete": (calls.StreamKey, self._stream_delete),
            "streams.send": (calls.StreamSend, self._stream_send),
            "events.emit": (calls.Emit, self._emit),
            "once.put": (calls.OncePut, self._once_put),
        }

    async def read(self, active: Active, call: calls.TransactionRead) -> calls.Versioned:
        value, version = await self._keyed(call.stream).read(call.group, call.key, now=self._services.clock.now_ms())
        return calls.Versioned(value=raw(value), version=version)

    async def read_group(self, active: Active, call: calls.TransactionReadGroup) -> calls.VersionedItems:
        items, version = await self._keyed(call.stream).read_group(call.group, now=self._services.clock.now_ms())
        return calls.VersionedItems(items=[(item.key, Raw(item.value)) for item in items], version=version)

    async def commit(self, active: Active, call: calls.TransactionCommit) -> calls.Committed:
        if len(call.writes) > _LIMIT or len(call.reads) > _LIMIT:
            raise CallRefused(f"a transaction may read and write {_LIMIT} values")
        planned = [self._plan(active, write) for write in call.writes]
        written = await self._services.storage.transaction(
            [Seen(group=s.group, version=s.version, key=s.key, stream=s.stream) for s in call.reads],
            [plan.change for plan in planned if plan.change is not None],
            now=self._services.clock.now_ms(),
            limit=self._services.config.queue.backlog,
        )
        if any(plan.method == "events.emit" for plan in planned):
            self._services.wake()
        results, outcomes = [], iter(written)
        for plan in planned:
            outcome = next(outcomes) if plan.change is not None else None
            results.append(Raw(_result(plan, outcome)))
        return calls.Committed(results=results)

    async def once_get(self, active: Active, call: calls.OnceKey) -> calls.OnceFound:
        scope = _scope(active)
        value = await self._services.storage.events.once_get(scope, call.key) if scope else active.once.get(call.key)
        return calls.OnceFound(found=value is not None, value=raw(value))

    async def once_put(self, active: Active, call: calls.OncePut) -> calls.Value:
        value, scope = self._services.value(call.value), _scope(active)
        if scope:
            now = self._services.clock.now_ms()
            value = await self._services.storage.events.once_put(scope, name(call.key, "key"), value, now=now)
        else:
            value = active.once.setdefault(call.key, value)
        return calls.Value(value=Raw(value))

    def _plan(self, active: Active, write: calls.Write) -> _Planned:
        known = self._plans.get(write.method)
        if known is None:
            raise CallRefused(f"{write.method} cannot be part of a transaction")
        shape, plan = known
        params = _decode(write.params, shape, active.invocation.id)
        return _Planned(plan(active, params), write.method, params)

    def _keyed(self, stream: str | None) -> Keyed:
        return self._services.storage.state if stream is None else self._streams.store(stream)

    def _state_set(self, active: Active, call: calls.Call) -> _Change:
        assert isinstance(call, calls.StateWrite)
        return StateWrite(
            group=name(call.group, "group"),
            key=name(call.key, "key"),
            value=self._services.value(call.value),
            expires=self._services.expires(call.ttl),
            keep=call.keep,
        )

    def _state_delete(self, active: Active, call: calls.Call) -> _Change:
        assert isinstance(call, calls.StateKey)
        return StateWrite(group=call.group, key=call.key)

    def _state_clear(self, active: Active, call: calls.Call) -> _Change:
        assert isinstance(call, calls.StateGroup)
        return StateWrite(group=call.group, key=None)

    def _stream_set(self, active: Active, call: calls.Call) -> _Change | None:
        assert isinstance(call, calls.StreamWrite)
        item, expires = self._streams.item(active, call), self._streams.expires(call.stream, call.ttl)
        if item is None:
            return None
        return StateWrite(
            stream=call.stream, group=call.group, key=call.id, value=item, expires=expires, keep=call.keep
        )

    def _stream_delete(self, active: Active, call: calls.Call) -> _Change:
        assert isinstance(call, calls.StreamKey)
        return StateWrite(stream=self._streams.known(call.stream).name, group=call.group, key=call.id)

    def _stream_send(self, active: Active, call: calls.Call) -> _Change:
        assert isinstance(call, calls.StreamSend)
        return StreamEvent(stream=call.stream, group=call.group, key=call.id or None, data=self._streams.event(call))

    def _emit(self, active: Active, call: calls.Call) -> _Change:
        assert isinstance(call, calls.Emit)
        return self._events.plan(active, call)

    def _once_put(self, active: Active, call: calls.Call) -> _Change | None:
        assert isinstance(call, calls.OncePut)
        scope, value = _scope(active), self._services.value(call.value)
        if scope:
            return OnceWrite(scope, name(call.key, "key"), value)
        active.once.setdefault(call.key, value)
        return None


def _scope(active: Active) -> str | None:
    """`once` is remembered per delivery; other invocations have only themselves."""
    delivery = active.invocation.caller.delivery
    return None if delivery is None else f"delivery:{delivery}"


def _result(plan: _Planned, outcome: Written) -> bytes:
    match outcome:
        case Emitted():
            return msgspec.json.encode(calls.Emitted(id=str(outcome.id), deliveries=outcome.deliveries))
        case bytes():
            return msgspec.json.encode(calls.Value(value=Raw(outcome)))
        case int() if plan.method == "state.clear":
            return msgspec.json.encode(calls.Count(count=int(outcome)))
        case _ if plan.method == "streams.send":
            return b"{}"
        case _ if isinstance(plan.params, calls.OncePut):
            return msgspec.json.encode(calls.Value(value=plan.params.value))
        case _:
            return b'{"value":null}'


def _decode(params: Raw, shape: type[calls.Call], invocation: str) -> calls.Call:
    """The params of a write, with the invocation that the commit names once for all."""
    text = bytes(params).strip()
    if text[:1] != b"{":
        raise CallRefused("the params of a write are an object")
    comma = b"" if text[1:].lstrip()[:1] == b"}" else b","
    try:
        return msgspec.json.decode(
            b'{"invocation":%s%s%s' % (msgspec.json.encode(invocation), comma, text[1:]), type=shape
        )
    except msgspec.MsgspecError as error:
        raise CallRefused(str(error)) from None
