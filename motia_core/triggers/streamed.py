"""A streamed response: chunks go out as they are made, the next one when the client has taken the last.

The first chunk carries status and headers. A stream that fails is cut, so that nobody takes it for whole.
"""

from __future__ import annotations

from msgspec import Struct

from motia_core.errors import CallRefused, ClientGone
from motia_core.triggers.composer import Asked, Composer
from motia_core.triggers.reply import Reply, Stage, sent
from motia_core.triggers.request import Request
from motia_core.triggers.response import BODILESS, BadResponse, Head, Headers, check_status

_EVENTS = {"cache-control": "no-cache", "x-accel-buffering": "no"}


class Stream(Struct, eq=False):
    """The sink of one invocation. Raises CallRefused for a head that cannot be sent, ClientGone when nobody reads."""

    _stage: Stage
    _request: Request
    _asked: Asked
    _composer: Composer
    _chunked: bool = False
    _silent: bool = False
    _over: bool = False
    started: bool = False
    status: int = 200

    @property
    def left(self) -> bool:
        """Also of one that asked for the head alone. A server that stops closes connections too: nobody left then."""
        if not self.started or self._over:
            return False
        socket = self._request.line.transport
        is_closed = socket is None or socket.is_closing()
        return self._silent or (is_closed and not self._stage.draining)

    async def chunk(self, status: int | None, headers: Headers | None, data: bytes | None) -> None:
        if not self.started:
            self._start(200 if status is None else status, headers or {})
        socket = self._request.line.transport
        if self._over or self._silent or socket is None or socket.is_closing():
            raise ClientGone
        if data:
            socket.write(b"%x\r\n%b\r\n" % (len(data), data) if self._chunked else data)
        try:
            await self._request.line.drain()
        except ConnectionError:
            raise ClientGone from None

    def _start(self, status: int, headers: Headers) -> None:
        try:
            check_status(status)
            head = Head().author(headers)
        except BadResponse as error:
            raise CallRefused(str(error)) from None
        content_type = head.type or "text/plain; charset=utf-8"
        head.lines.append(f"Content-Type: {content_type}\r\n")
        if content_type.startswith("text/event-stream"):
            head.default(_EVENTS)
        head.default(self._composer.common(self._asked))
        self.started, self.status = True, status
        self._silent = self._asked.method == "HEAD" or status in BODILESS
        self._chunked = not self._silent and self._request.version >= (1, 1)
        framing = b"Transfer-Encoding: chunked\r\n" if self._chunked else b""
        close = not self._chunked and not self._silent
        reply = Reply(self._stage, status, head.encode(), b"", self._asked.trace_id, close=close)
        try:
            socket, start = reply.start(self._request, framing)
        except ConnectionResetError:
            raise ClientGone from None
        socket.write(start)

    def finish(self) -> Reply:
        """Ends the response cleanly."""
        self._over = True
        socket = self._request.line.transport
        if socket is not None and not socket.is_closing() and self._chunked:
            socket.write(b"0\r\n\r\n")
        keep = self._request.keep_alive and (self._chunked or self._silent) and not self._stage.draining
        return sent(self._stage, self.status, keep_alive=keep)

    def cut(self) -> Reply:
        """Ends the connection before the response is whole."""
        self._over = True
        socket = self._request.line.transport
        if socket is not None:
            if self._chunked:
                socket.close()
            else:
                socket.abort()
        return sent(self._stage, self.status, keep_alive=False)
