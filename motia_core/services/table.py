"""Wire method → handler: the door through which every call of a runner comes in.

Exhaustive: building it fails when a method of `METHODS` that runners may call has no handler here. Each call is noted
in the trace of the invocation in whose name it is made.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from msgspec import Raw

from motia_core.errors import CallRefused, LocalProtocolError
from motia_core.protocol.calls import Call
from motia_core.protocol.message import Message
from motia_core.protocol.messages import METHODS, Direction
from motia_core.services.context import Services
from motia_core.services.events import Events
from motia_core.services.noted import Outline
from motia_core.services.responses import Responses
from motia_core.services.running import Active
from motia_core.services.state import State
from motia_core.services.stats import Stats
from motia_core.services.streams import Streams
from motia_core.services.transactions import Transactions

# The params type differs by row; the row's decoder guarantees it.
_Handler = Callable[[Active, Any], Awaitable[Message]]

UNTRACED = frozenset({"response.chunk", "once.get"})


class Table:
    """`answer` is the CallHandler given to every worker."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._encode = msgspec.json.Encoder().encode
        knobs, redact = services.config.traces, services.recorder.redactor.json
        self._rows = {
            name: (
                msgspec.json.Decoder(METHODS[name].params),
                handler,
                _label(name),
                Outline(METHODS[name].params, knobs.payload or -1, redact)
                if knobs.enabled and name not in UNTRACED
                else None,
            )
            for name, handler in _handlers(services).items()
        }

    async def answer(self, worker: str, method: str, params: Raw) -> bytes:
        """The result as JSON. Raises MotiaError when the call is refused."""
        row = self._rows.get(method)
        if row is None:
            raise LocalProtocolError(f"unknown method {method}")
        decoder, handler, label, outline = row
        try:
            call = decoder.decode(params)
        except msgspec.MsgspecError as error:
            raise CallRefused(f"{method}: {error}") from None
        assert isinstance(call, Call)
        active = self._services.running.find(call.invocation)
        result: Message | None = None
        try:
            result = await handler(active, call)
        finally:
            if outline is not None:
                self._trace(active, label, outline.data(call, result), result is not None)
        return self._encode(result)

    def _trace(self, active: Active, label: bytes, data: bytes, ok: bool) -> None:
        mark = b"true" if ok else b"false"
        now = self._services.clock.now_ms()
        self._services.running.note(active, b'{%s,"timestamp":%d,"success":%s,"data":%s}' % (label, now, mark, data))


def _label(method: str) -> bytes:
    """How traces show a method: `emit` and `trigger` by themselves, the rest as `type` and `operation`."""
    room, verb = method.split(".")
    if room == "events":
        return b'"type":"%s"' % verb.encode()
    kind = "stream" if room == "streams" else room
    return b'"type":"%s","operation":"%s"' % (kind.encode(), verb.encode())


def _handlers(services: Services) -> dict[str, _Handler]:
    state, events, streams, responses = State(services), Events(services), Streams(services), Responses(services)
    stats = Stats(services)
    transactions = Transactions(services, events, streams)
    handlers: dict[str, _Handler] = {
        "state.get": state.get,
        "state.set": state.set,
        "state.delete": state.delete,
        "state.clear": state.clear,
        "state.getGroup": state.get_group,
        "state.keys": state.keys,
        "state.groups": state.groups,
        "state.update": state.update,
        "state.setIfAbsent": state.set_if_absent,
        "state.compareAndSet": state.compare_and_set,
        "events.emit": events.emit,
        "events.trigger": events.trigger,
        "streams.get": streams.get,
        "streams.set": streams.set,
        "streams.delete": streams.delete,
        "streams.getGroup": streams.get_group,
        "streams.query": streams.query,
        "streams.update": streams.update,
        "streams.send": streams.send,
        "transaction.read": transactions.read,
        "transaction.readGroup": transactions.read_group,
        "transaction.commit": transactions.commit,
        "once.get": transactions.once_get,
        "once.put": transactions.once_put,
        "stats.get": stats.get,
        "response.chunk": responses.chunk,
    }
    wanted = {name for name, row in METHODS.items() if row.direction is Direction.TO_CORE and row.result is not None}
    if wanted != set(handlers):
        raise LocalProtocolError(f"methods without a handler or shape: {sorted(wanted ^ set(handlers))}")
    return handlers
