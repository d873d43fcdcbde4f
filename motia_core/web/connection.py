"""One client connection: bounds how long it may take to ask, and how many there may be.

aiohttp parses and answers; this only adds what it leaves open: a deadline for the header of each request, a limit of
connections, and refusals in our own shape. The deadline is one timer, and only while a header is incomplete.
"""

from __future__ import annotations

from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import LineTooLong

from motia_core.clock import Clock
from motia_core.config.knobs import Http
from motia_core.triggers.refusal import Refusal

_TIMEOUT = (
    b"HTTP/1.1 408 Request Timeout\r\nContent-Type: application/json; charset=utf-8\r\n"
    b"Content-Length: %d\r\nX-Trace-Id: %b\r\nConnection: close\r\n\r\n%b"
)


class Connection(web.RequestHandler):
    """`server` counts the connections and turns errors of the parser into answers."""

    __slots__ = ("_armed", "_armed_for", "_server")

    def __init__(self, server: Listener, **options: Any) -> None:
        super().__init__(server, **options)
        self._server = server
        self._armed: Any = None
        self._armed_for = -1

    @property
    def is_busy(self) -> bool:
        """Whether a request is being answered."""
        return self._current_request is not None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        if len(self._server.connections) > self._server.http.connections:
            self.force_close()
        else:
            self._arm()

    def connection_lost(self, exc: BaseException | None) -> None:
        if self._armed is not None:
            self._armed.cancel()
            self._armed = None
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        waiter = self._waiter
        if waiter is not None and not waiter.done() and self._armed_for != self._request_count:
            self._arm()

    def _arm(self) -> None:
        """A header has begun, or must begin: it is complete in time, or the connection ends."""
        if self._armed is not None:
            self._armed.cancel()
        self._armed_for = self._request_count
        self._armed = self._loop.call_later(self._server.http.header_timeout, self._expire)

    def _expire(self) -> None:
        self._armed = None
        waiter = self._waiter
        if (
            self._request_count == self._armed_for
            and waiter is not None
            and not waiter.done()
            and self.transport is not None
        ):
            trace_id = self._server.clock.new_trace_id()
            body = Refusal(408, "the request header did not arrive in time").body(trace_id)
            self.transport.write(_TIMEOUT % (len(body), trace_id.encode(), body))
            self.force_close()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """What the parser refuses, and what nobody else caught."""
        if isinstance(exc, LineTooLong) or (message and "Too many headers" in message):
            status = 431
        if status >= 500:
            self.log_exception("the server failed to answer", exc_info=exc)
        answer: web.StreamResponse = self._server.refused(Refusal(status, close=True))
        return answer


class Listener(web.Server):
    """Makes a Connection for each client. `refused` turns a refusal into an answer."""

    def __init__(self, handler: Any, *, http: Http, clock: Clock, refused: Any) -> None:
        super().__init__(handler, handler_cancellation=True)
        self.http = http
        self.clock = clock
        self.refused: Any = refused
        self._options: dict[str, Any] = {
            "loop": self._loop,
            "keepalive_timeout": http.keep_alive,
            "access_log": None,
            "max_line_size": max(8190, http.header_size),
            "max_field_size": http.header_size,
            "max_headers": http.header_count,
            "lingering_time": 2.0,
            "auto_decompress": False,
        }

    def __call__(self) -> Connection:
        return Connection(self, **self._options)

    @property
    def busy(self) -> int:
        return sum(1 for one in self.connections if isinstance(one, Connection) and one.is_busy)

    def close_all(self) -> None:
        """Ends every connection, which cancels what is being answered."""
        for one in self.connections:
            one.force_close()

    def close_idle(self) -> None:
        """Ends connections on which nobody waits for an answer."""
        for one in self.connections:
            if not (isinstance(one, Connection) and one.is_busy):
                one.force_close()
