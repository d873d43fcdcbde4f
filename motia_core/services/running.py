"""The invocations under way, by id: in whose name a runner's call is made, and what that invocation did so far.

An invocation is here from before user code starts until its caller is answered; a call in the name of any other id is
refused. Nothing here does I/O.
"""

from __future__ import annotations

from typing import Protocol

from msgspec import Raw, Struct

from motia_core.errors import InvocationOver
from motia_core.model import Invocation

Headers = dict[str, str | list[str]]

_REMEMBERED = 256


class ResponseSink(Protocol):
    """Where a streamed response goes. Each call returns when the client can take more; raises ClientGone."""

    async def chunk(self, status: int | None, headers: Headers | None, data: bytes | None) -> None: ...

    @property
    def left(self) -> bool:
        """Whether the client, who had its answer begun, wants no more of it."""
        ...


class Active(Struct, eq=False):
    """One invocation under way since `started` (ms). `events` are its calls as JSON, for the trace; `wait` is how long
    (ms) it was due before a worker took it."""

    invocation: Invocation
    sink: ResponseSink | None
    started: int
    wait: int = 0
    events: list[Raw] = []
    omitted: int = 0
    once: dict[str, bytes] = {}
    worker: str | None = None


class Running:
    """All of them. `event_limit` bounds what one invocation may add to its trace."""

    def __init__(self, *, event_limit: int = 500) -> None:
        self._active: dict[str, Active] = {}
        self._ended: dict[str, Invocation] = {}
        self._ended_before: dict[str, Invocation] = {}
        self._limit = event_limit

    def __len__(self) -> int:
        return len(self._active)

    def begin(self, invocation: Invocation, sink: ResponseSink | None, started: int = 0) -> Active:
        active = self._active[invocation.id] = Active(invocation, sink, started)
        return active

    def end(self, active: Active) -> None:
        if self._active.pop(active.invocation.id, None) is None:
            return
        self._ended[active.invocation.id] = active.invocation
        if len(self._ended) == _REMEMBERED:
            # Taking out the oldest each time would mean a search for it.
            self._ended_before, self._ended = self._ended, {}

    def find(self, invocation: str) -> Active:
        """Raises InvocationOver."""
        found = self._active.get(invocation)
        if found is None:
            raise InvocationOver(f"invocation {invocation} has ended")
        return found

    def get(self, invocation: str | None) -> Active | None:
        return None if invocation is None else self._active.get(invocation)

    def whose(self, invocation: str | None) -> Invocation | None:
        """Also one that ended a moment ago: its caller has left, but its code may still tidy up and say so."""
        active = self.get(invocation)
        if active is not None or invocation is None:
            return active.invocation if active else None
        return self._ended.get(invocation) or self._ended_before.get(invocation)

    def all(self) -> list[Active]:
        return list(self._active.values())

    def note(self, active: Active, event: bytes) -> None:
        """Adds a call to the trace of its invocation; beyond the limit it is only counted."""
        if len(active.events) < self._limit:
            active.events.append(Raw(event))
        else:
            active.omitted += 1
