"""Answers on their way to the socket. A connection only needs `send` and `keep_alive` of them.

One answer is one write: status, headers and body together. `Stage` holds what all answers share: the date, the lines
every answer carries, and whether the server drains.
"""

from __future__ import annotations

from collections.abc import Awaitable
from pathlib import Path

import anyio
from msgspec import Struct

from motia_core.clock import Clock
from motia_core.triggers.refusal import Refusal
from motia_core.triggers.request import Request, Socket
from motia_core.triggers.response import STATUS_LINES, DateLine

_END = b"\r\n\r\n"
_CLOSE = b"\r\nConnection: close\r\n\r\n"
_KEEP = b"\r\nConnection: keep-alive\r\n\r\n"
_LAST_WORD = (
    b"HTTP/1.1 %d \r\nContent-Type: application/json; charset=utf-8\r\n"
    b"Content-Length: %d\r\nX-Trace-Id: %b\r\nConnection: close\r\n\r\n%b"
)
_PIECE = 256 * 1024
_JOIN = 64 * 1024


def last_word(refusal: Refusal, trace_id: str) -> bytes:
    """All of the answer to a client that has not asked wholly."""
    body = refusal.body(trace_id)
    return _LAST_WORD % (refusal.status, len(body), trace_id.encode(), body)


class Stage:
    """Shared by all answers of one server."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._date = DateLine()
        self.draining = False

    def date(self) -> bytes:
        return self._date.at(self._clock.now())


class Reply(Struct, eq=False):
    """`head` are the header lines without date, trace and connection. `close` ends the connection afterwards, `hang_up`
    without waiting for what the client still sends."""

    stage: Stage
    status: int
    head: bytes
    body: bytes
    trace_id: str
    close: bool = False
    hang_up: bool = False
    keep_alive: bool = True

    def start(self, request: Request, length: bytes) -> tuple[Socket, bytes]:
        """The socket and the whole head. Raises ConnectionResetError when the client has left."""
        socket: Socket | None = request.line.transport
        if socket is None or socket.is_closing():
            raise ConnectionResetError("the client has left")
        if self.close or self.stage.draining or not request.keep_alive:
            self.keep_alive, end = False, _CLOSE
        else:
            end = _KEEP if request.version < (1, 1) else _END
        trace = self.trace_id.encode()
        line = STATUS_LINES[self.status]
        return socket, b"%b%b%b%bX-Trace-Id: %b%b" % (line, self.head, length, self.stage.date(), trace, end)

    def send(self, request: Request) -> Awaitable[None] | None:
        """Writes it; what is returned must be waited for, if anything is. Raises ConnectionResetError."""
        socket, head = self.start(request, b"")
        body = self.body
        if len(body) > _JOIN:
            socket.write(head)
            socket.write(body)
        else:
            socket.write(head + body)
        if self.hang_up:
            request.line.force_close()
        elif request.line.writing_paused:
            return request.line.drain()
        return None


class FileReply(Reply, kw_only=True):
    """The body is a file of the run folder, sent in pieces and deleted."""

    path: Path

    def send(self, request: Request) -> Awaitable[None]:
        return self._pieces(request)

    async def _pieces(self, request: Request) -> None:
        try:
            socket, head = self.start(request, b"")
            socket.write(head)
            async with await anyio.open_file(self.path, "rb") as file:
                while piece := await file.read(_PIECE):
                    if socket.is_closing():
                        raise ConnectionResetError("the client has left")
                    socket.write(piece)
                    await request.line.drain()
        finally:
            # Not in a thread: a client that leaves now would cancel the wait for it, and the file would stay.
            self.path.unlink(missing_ok=True)


class Sent(Reply):
    """Stands for an answer whose bytes have gone out already."""

    def send(self, request: Request) -> None:
        """Nothing is left to send."""


def sent(stage: Stage, status: int, *, keep_alive: bool) -> Sent:
    return Sent(stage, status, b"", b"", "", keep_alive=keep_alive)
