"""Several writes at once, if nothing read has changed since. What can refuse is asked before anything is written."""

from __future__ import annotations

from collections.abc import Sequence

from motia_core.errors import TransactionConflict
from motia_core.storage.base import Emission, OnceWrite, Seen, Write, Written
from motia_core.storage.items import StreamEvent
from motia_core.storage.memory.events import Events
from motia_core.storage.memory.state import State
from motia_core.storage.memory.streams import Streams
from motia_core.storage.scopes import remembered


class Transactions:
    def __init__(self, state: State, streams: Streams, events: Events) -> None:
        self._state = state
        self._streams = streams
        self._events = events

    def apply(self, reads: Sequence[Seen], writes: Sequence[Write], *, now: int, limit: int) -> list[Written]:
        for seen in reads:
            if self._space(seen.stream).version(seen.group, seen.key, now) != seen.version:
                what = f"`{seen.group}`" if seen.key is None else f"`{seen.key}` of `{seen.group}`"
                raise TransactionConflict(f"{what} has changed since it was read", hint="run the block again")
        for write in writes:
            if isinstance(write, OnceWrite):
                if self._events.remembered(write.scope, write.key) is not None:
                    raise remembered(write.key)
                self._events.check_scope(write.scope)
        self._events.make_room([write for write in writes if isinstance(write, Emission)], limit)
        return [self._write(write, now) for write in writes]

    def _space(self, stream: str | None) -> State:
        return self._state if stream is None else self._streams.open(stream)

    def _write(self, write: Write, now: int) -> Written:
        if isinstance(write, StreamEvent):
            self._streams.open(write.stream).push(write.group, write.key, "event", write.data, now)
            return None
        if isinstance(write, Emission):
            return self._events.add(write)
        if isinstance(write, OnceWrite):
            return self._events.remember(write.scope, write.key, write.value, now)
        space = self._space(write.stream)
        if write.key is None:
            return space.empty(write.group, now)
        if write.value is None:
            return space.take(write.group, write.key, now)
        space.put(write.group, write.key, write.value, now=now, expires=write.expires, keep=write.keep)
        return write.value
