"""All connections of one port: how many there may be, who makes room for whom, and the look at each of them.

The look is one timer for all connections, and none while there are none. When it finds many to end it ends some and
comes back soon, so that those who are served do not wait for all of them.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable
from typing import Any

from aiohttp import web

from motia_core.clock import Clock
from motia_core.config.knobs import Http
from motia_core.web.connection import Connection
from motia_core.web.eager import EagerLoop

_LOOKS = 64
_AT_ONCE = 50
_OFTEN, _SELDOM = 0.02, 1.0


class Listener(web.Server):
    """Makes a Connection for each client. `refused` turns a refusal into an answer; `exempt` says which addresses may
    open as many connections as they like."""

    def __init__(
        self, handler: Any, *, http: Http, clock: Clock, refused: Any, exempt: Callable[[str], bool] = lambda _: False
    ) -> None:
        super().__init__(handler, handler_cancellation=True)
        self.http = http
        self.clock = clock
        self.refused: Any = refused
        self.eager = EagerLoop(self._loop)
        self._exempt = exempt
        self._open: OrderedDict[Connection, None] = OrderedDict()
        self._from: Counter[str] = Counter()
        self._timer: Any = None
        self._period = max(_OFTEN, min(_SELDOM, http.header_timeout / 4, http.send_timeout / 4))
        # The parser's error names the limit that was broken: two different ones tell the line from the headers.
        self.line_limit = http.request_line + (http.request_line == http.header_size)
        self._options: dict[str, Any] = {
            "loop": self._loop,
            "keepalive_timeout": http.keep_alive,
            "access_log": None,
            "max_line_size": self.line_limit,
            "max_field_size": http.header_size,
            "max_headers": http.header_count,
            "lingering_time": http.linger,
            "auto_decompress": False,
        }

    def __call__(self) -> Connection:
        return Connection(self, **self._options)

    @property
    def busy(self) -> int:
        return sum(1 for one in self.connections if isinstance(one, Connection) and one.is_busy)

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
            self._timer = self._loop.call_later(self._period, self._look)

    def forget(self, one: Connection) -> None:
        """A connection that has ended, or is about to."""
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
        idle.force_close()
        return True

    def _look(self) -> None:
        now, ended, period = self._loop.time(), 0, self._period
        found = [one for one in self.connections if isinstance(one, Connection)]
        for one in found:
            ended += one.look(now)
            if ended == _AT_ONCE:
                period = _OFTEN
                break
        self._relieve(found)
        self._timer = self._loop.call_later(period, self._look) if found else None

    def _relieve(self, found: list[Connection]) -> None:
        """Cuts those who have taken nothing for the longest, until what waits for clients fits the memory for it."""
        unsent = sum(one.unsent for one in found)
        if unsent <= self.http.send_memory:
            return
        waiting = [one for one in found if one.stalled_since is not None]
        for one in sorted(waiting, key=lambda one: one.stalled_since or 0.0):
            if unsent <= self.http.send_memory:
                return
            unsent -= one.unsent
            one.cut()

    def close_all(self) -> None:
        """Ends every connection, which cancels what is being answered."""
        for one in self.connections:
            one.force_close()

    def close_idle(self) -> None:
        """Ends connections on which nobody waits for an answer."""
        for one in self.connections:
            if not (isinstance(one, Connection) and one.is_busy):
                one.force_close()
