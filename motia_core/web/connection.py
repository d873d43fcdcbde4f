"""One client connection: bounds how long it may take to ask and to take its answer, and how much it may send to ask.

aiohttp parses and answers; this only adds what it leaves open. Nothing here costs a timer per request: the listener
looks at its connections once in a while, and each knows since when it has been waited for.
"""

from __future__ import annotations

import importlib
import socket
import struct
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from aiohttp import web
from aiohttp.http_exceptions import LineTooLong

from motia_core.triggers.refusal import Refusal
from motia_core.web import eager

if TYPE_CHECKING:
    from motia_core.web.listener import Listener

_LEAST = 16 * 1024
_NO_LINGER = struct.pack("ii", 1, 0)
_END = b"\r\n\r\n"
_LAST_WORD = (
    b"HTTP/1.1 %d \r\nContent-Type: application/json; charset=utf-8\r\n"
    b"Content-Length: %d\r\nX-Trace-Id: %b\r\nConnection: close\r\n\r\n%b"
)


class Connection(web.RequestHandler):
    """`address` is the other end's. `stalled_since`: since when the client has taken next to nothing of its
    answer; `unsent` bytes of it are kept here."""

    __slots__ = ("_begun", "_begun_for", "_head", "_left", "_pipe", "_server", "address", "stalled_since", "unsent")

    def __init__(self, server: Listener, **options: Any) -> None:
        super().__init__(server, **options)
        self._server = server
        self._pipe: Any = None
        self._begun = 0.0
        self._begun_for = -1
        self._head = 0
        self._left = 0
        self.unsent = 0
        self.address = ""
        self.stalled_since: float | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a request is being answered, to the last byte of the answer."""
        return not (self.is_idle or self._force_close or self._task_handler is None)

    @property
    def is_idle(self) -> bool:
        """Whether it may be closed without cutting an answer: it has asked nothing, or not wholly."""
        waiter = self._waiter
        return self._request_count == 0 if waiter is None else not waiter.done()

    @property
    def has_asked(self) -> bool:
        return self._request_count > 0

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        if eager.NEEDED:
            self._loop = self._server.eager  # type: ignore[assignment]
        self._pipe = transport
        self.address = str((transport.get_extra_info("peername") or ("",))[0])
        self._begun, self._begun_for = self._loop.time(), 0
        self._server.admit(self)

    def connection_lost(self, exc: BaseException | None) -> None:
        self._server.forget(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        waiter = self._waiter
        room = self._server.http.header_total - (self._head if self._begun_for == self._request_count else 0)
        if len(data) > room and self.is_idle and not 0 <= data.find(_END) <= room:
            self._too_long(data.find(b"\n", 0, room) >= 0)
            return
        super().data_received(data)
        if waiter is not None and not waiter.done():
            self._waits_for_more(len(data))

    def _too_long(self, has_line: bool) -> None:
        if has_line or self._head:
            self._hang_up(Refusal(431, f"the headers are longer than {self._server.http.header_total} bytes"))
        else:
            self._hang_up(Refusal(414))

    def _waits_for_more(self, size: int) -> None:
        """A header has begun and is not complete."""
        if self._begun_for != self._request_count:
            self._begun_for, self._begun, self._head = self._request_count, self._loop.time(), 0
        self._head += size

    def resume_writing(self) -> None:
        super().resume_writing()
        self.stalled_since = None

    def look(self, now: float) -> bool:
        """Ends what takes too long; whether it did."""
        ended = False
        if now - self._begun > self._server.http.header_timeout and self._begun_for == self._request_count:
            self._begun_for = -1
            if self.is_idle:
                self._hang_up(Refusal(408, "the request header did not arrive in time"))
                ended = True
        waiting: int = self._pipe.get_write_buffer_size()
        self.unsent = waiting
        if waiting:
            return self._weigh(waiting + in_kernel(self._pipe), now) or ended
        self.stalled_since = None
        return ended

    def _weigh(self, left: int, now: float) -> bool:
        """Cuts a client that does not take what waits for it: `left` is what it has not taken."""
        if self.stalled_since is None or left <= self._left - _LEAST:
            self.stalled_since, self._left = now, left
        elif now - self.stalled_since > self._server.http.send_timeout:
            self.cut()
            return True
        else:
            self._left = max(self._left, left)
        return False

    def cut(self) -> None:
        """Ends the connection at once. A reset, or the system itself would go on offering the client what it holds."""
        with suppress(OSError):
            self._pipe.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        self._pipe.abort()

    def hand_over(self, owner: Any) -> tuple[Any, bytes]:
        """Gives the connection to `owner`, a protocol: its transport, and what has come after the request. The request
        it came with is answered by its new owner; the listener knows it no more."""
        if self.transport is None or self.transport.is_closing():
            raise ConnectionResetError("the client has left")
        pipe, early = self._pipe, self._message_tail
        self._message_tail, self._upgraded = b"", False
        self.transport, self._parser, self._force_close = None, None, True
        if self._keepalive_handle is not None:
            self._keepalive_handle.cancel()
        self._server.forget(self)
        self._server.connection_lost(self)
        pipe.set_protocol(owner)
        if self._buffer_paused or self._reading_paused:
            pipe.resume_reading()
        if self.writing_paused:
            owner.pause_writing()
        return pipe, early

    def _hang_up(self, refusal: Refusal) -> None:
        """A last word to a client that has not asked wholly."""
        if self.transport is not None:
            trace_id = self._server.clock.new_trace_id()
            body = refusal.body(trace_id)
            self.transport.write(_LAST_WORD % (refusal.status, len(body), trace_id.encode(), body))
        self.force_close()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """What the parser refuses, and what nobody else caught."""
        if isinstance(exc, LineTooLong):
            status = 414 if exc.args[1] == self._server.line_limit else 431
        elif message and "Too many headers" in message:
            status = 431
        if status >= 500:
            self.log_exception("the server failed to answer", exc_info=exc)
        answer: web.StreamResponse = self._server.refused(Refusal(status, close=True))
        return answer


def in_kernel(pipe: Any) -> int:
    """Bytes that the system holds for the other end, where it can tell."""
    try:
        fcntl, termios = importlib.import_module("fcntl"), importlib.import_module("termios")
        found = fcntl.ioctl(pipe.get_extra_info("socket").fileno(), termios.TIOCOUTQ, b"\0\0\0\0")
    except (ImportError, AttributeError, OSError, ValueError):
        return 0
    return int.from_bytes(found, sys.byteorder)
