"""All connections of one port: how many there may be, who makes room for whom, and the look at each of them.

The look is one timer for all connections, and none while there are none. When it finds many to end it ends some and
comes back soon, so that those who are served do not wait for all of them.
"""

from __future__ import annotations

import asyncio
import socket
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from aiohttp.http_exceptions import HttpProcessingError, LineTooLong

from motia_core.clock import Clock
from motia_core.config.knobs import Http
from motia_core.triggers.refusal import Refusal
from motia_core.triggers.reply import Reply
from motia_core.triggers.request import Request
from motia_core.web.connection import Connection

_LOOKS = 64
_AT_ONCE = 50
_OFTEN, _SELDOM = 0.02, 1.0
_BACKLOG = 2048


Handler = Callable[[Request], Awaitable[Reply]]


class Listener:
    """Makes a Connection for each client. `handler` answers requests, `refused` turns a refusal into an answer;
    `exempt` says which addresses may open as many connections as they like."""

    def __init__(
        self,
        handler: Handler,
        *,
        http: Http,
        clock: Clock,
        refused: Callable[[Refusal], Reply],
        exempt: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self.handler = handler
        self.http = http
        self.clock = clock
        self.refused = refused
        self.loop = asyncio.get_running_loop()
        self._exempt = exempt
        self._doors: list[asyncio.Server] = []
        self._open: OrderedDict[Connection, None] = OrderedDict()
        self._leaving: set[Connection] = set()
        self._from: Counter[str] = Counter()
        self._timer: Any = None
        self._period = max(_OFTEN, min(_SELDOM, http.header_timeout / 4, http.send_timeout / 4, http.keep_alive / 4))
        # The parser's error names the limit that was broken: two different ones tell the line from the headers.
        self.line_limit = http.request_line + (http.request_line == http.header_size)

    async def listen(self, sockets: Iterable[socket.socket]) -> None:
        for one in sockets:
            self._doors.append(await self.loop.create_server(lambda: Connection(self), sock=one, backlog=_BACKLOG))

    def shut(self) -> None:
        """Takes no new connections."""
        for door in self._doors:
            door.close()
        self._doors.clear()

    @property
    def connections(self) -> int:
        """Those that wait for their clients to take what was written to them included."""
        return len(self._open) + len(self._leaving)

    @property
    def busy(self) -> int:
        """Requests being answered."""
        return sum(1 for one in self._open if one.is_busy)

    def refusal(self, error: HttpProcessingError) -> Refusal:
        """What is said to a client that the parser does not understand."""
        status = 400
        if isinstance(error, LineTooLong):
            status = 414 if error.args[1] == self.line_limit else 431
        elif "Too many headers" in error.message:
            status = 431
        return Refusal(status, close=True)

    def admit(self, newcomer: Connection) -> None:
        """Takes a connection in, or closes it."""
        most, address = self.http.connections_per_address, newcomer.address
        crowded = most and self._from[address] >= most and not self._exempt(address)
        if crowded or (len(self._open) >= self.http.connections and not self._make_room()):
            newcomer.force_close()
            return
        self._open[newcomer] = None
        self._from[address] += 1
        if self._timer is None:
            self._timer = self.loop.call_later(self._period, self._look)

    def forget(self, one: Connection) -> None:
        """A connection that has ended, or is somebody else's now."""
        self._leaving.discard(one)
        if one in self._open:
            del self._open[one]
            self._from[one.address] -= 1
            if self._from[one.address] <= 0:
                del self._from[one.address]

    def _make_room(self) -> bool:
        """Closes an idle connection: one that has never asked, else the oldest. Busy ones move out of the way."""
        idle: Connection | None = None
        for _ in range(min(_LOOKS, len(self._open))):
            one = next(iter(self._open))
            if one.is_idle and not one.has_asked:
                idle = one
                break
            idle = idle or (one if one.is_idle else None)
            self._open.move_to_end(one)
        if idle is None:
            return False
        self.forget(idle)
        self._leaving.add(idle)
        idle.force_close()
        return True

    def _look(self) -> None:
        now, ended, period = self.loop.time(), 0, self._period
        found = [*self._open, *self._leaving]
        for one in found:
            ended += one.look(now)
            if ended == _AT_ONCE:
                period = _OFTEN
                break
        self._relieve(found)
        self._timer = self.loop.call_later(period, self._look) if found else None

    def _relieve(self, found: list[Connection]) -> None:
        """Cuts those who have taken nothing for the longest, until what waits for clients fits the memory for it."""
        unsent = sum(one.patience.unsent for one in found)
        if unsent <= self.http.send_memory:
            return
        waiting = [one for one in found if one.patience.stalled_since is not None]
        for one in sorted(waiting, key=lambda one: one.patience.stalled_since or 0.0):
            if unsent <= self.http.send_memory:
                return
            unsent -= one.patience.unsent
            one.cut()

    def close_idle(self) -> None:
        """Ends connections on which nobody waits for an answer."""
        for one in list(self._open):
            if one.is_idle:
                one.force_close()

    def close_all(self) -> None:
        """Ends every connection, which cancels what is being answered."""
        for one in list(self._open):
            one.force_close()

    def cut_all(self) -> None:
        """The same for those whose clients do not take what was written."""
        for one in (*self._open, *self._leaving):
            one.cut()
