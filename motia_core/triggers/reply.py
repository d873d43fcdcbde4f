"""Answers on their way to the socket. The server only needs `prepare`, `write_eof` and `keep_alive` of them.

One answer is one write: status, headers and body together. `Stage` holds what all answers share: the date, the lines
every answer carries, and whether the server drains.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import anyio

from motia_core.clock import Clock
from motia_core.triggers.response import STATUS_LINES, DateLine

_END = b"\r\n\r\n"
_CLOSE = b"\r\nConnection: close\r\n\r\n"
_KEEP = b"\r\nConnection: keep-alive\r\n\r\n"
_PIECE = 256 * 1024
_JOIN = 64 * 1024


class Socket(Protocol):
    def write(self, data: bytes) -> None: ...
    def is_closing(self) -> bool: ...
    def close(self) -> None: ...
    def abort(self) -> None: ...


class Writer(Protocol):
    async def drain(self) -> None: ...


class Wire(Protocol):
    @property
    def writing_paused(self) -> bool: ...
    def force_close(self) -> None: ...


class Asking(Protocol):
    """The part of a request that an answer looks at."""

    @property
    def keep_alive(self) -> bool: ...
    @property
    def version(self) -> tuple[int, int]: ...
    @property
    def transport(self) -> Socket | None: ...
    @property
    def writer(self) -> Writer: ...
    @property
    def protocol(self) -> Wire: ...


class Stage:
    """Shared by all answers of one server."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._date = DateLine()
        self.draining = False

    def date(self) -> bytes:
        return self._date.at(self._clock.now())


class Reply:
    """`head` are the header lines without date, trace and connection. `close` ends the connection afterwards, `hang_up`
    without waiting for what the client still sends."""

    __slots__ = ("body", "close", "hang_up", "head", "keep_alive", "stage", "status", "trace_id")

    def __init__(
        self, stage: Stage, status: int, head: bytes, body: bytes, trace_id: str, *, close: bool = False
    ) -> None:
        self.stage = stage
        self.status = status
        self.head = head
        self.body = body
        self.trace_id = trace_id
        self.close = close
        self.hang_up = False
        self.keep_alive = True

    def start(self, request: Asking, length: bytes) -> tuple[Socket, bytes]:
        """The socket and the whole head. Raises ConnectionResetError when the client has left."""
        socket = request.transport
        if socket is None or socket.is_closing():
            raise ConnectionResetError("the client has left")
        if self.close or self.stage.draining or not request.keep_alive:
            self.keep_alive, end = False, _CLOSE
        else:
            end = _KEEP if request.version < (1, 1) else _END
        trace = self.trace_id.encode()
        line = STATUS_LINES[self.status]
        return socket, b"%b%b%b%bX-Trace-Id: %b%b" % (line, self.head, length, self.stage.date(), trace, end)

    async def prepare(self, request: Asking) -> None:
        socket, head = self.start(request, b"")
        body = self.body
        if len(body) > _JOIN:
            socket.write(head)
            socket.write(body)
        else:
            socket.write(head + body)
        if request.protocol.writing_paused:
            await request.writer.drain()
        if self.hang_up:
            request.protocol.force_close()

    async def write_eof(self) -> None:
        """Everything has gone out already."""


class FileReply(Reply):
    """The body is a file of the run folder, sent in pieces and deleted."""

    __slots__ = ("path",)

    def __init__(self, stage: Stage, status: int, head: bytes, path: Path, trace_id: str) -> None:
        super().__init__(stage, status, head, b"", trace_id)
        self.path = path

    async def prepare(self, request: Asking) -> None:
        try:
            socket, head = self.start(request, b"")
            socket.write(head)
            async with await anyio.open_file(self.path, "rb") as file:
                while piece := await file.read(_PIECE):
                    if socket.is_closing():
                        raise ConnectionResetError("the client has left")
                    socket.write(piece)
                    await request.writer.drain()
        finally:
            # Not in a thread: a client that leaves now would cancel the wait for it, and the file would stay.
            self.path.unlink(missing_ok=True)


class Sent(Reply):
    """Stands for an answer whose bytes have gone out already. `cut` = it ended in the middle."""

    __slots__ = ()

    def __init__(self, stage: Stage, status: int, *, keep_alive: bool) -> None:
        super().__init__(stage, status, b"", b"", "")
        self.keep_alive = keep_alive

    async def prepare(self, request: Asking) -> None:
        """Nothing is left to send."""
