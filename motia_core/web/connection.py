"""One client connection: its requests are read ahead and answered one after another, in the order they came.

aiohttp's parser reads them; the rest is here, because what a server does for one request it does for each of them. One
task serves a connection for as long as it lasts, and a connection that never asks has none.
"""

from __future__ import annotations

import logging
import socket
import struct
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import anyio
from aiohttp import web
from aiohttp.base_protocol import BaseProtocol
from aiohttp.http import HttpRequestParser, HttpVersion11
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.streams import EMPTY_PAYLOAD

from motia_core.triggers.refusal import Refusal
from motia_core.triggers.reply import last_word
from motia_core.triggers.request import Content, Request, headers_of
from motia_core.web.patience import Patience

if TYPE_CHECKING:
    from motia_core.web.listener import Listener

_CHUNK = 256 * 1024
_AHEAD = 32
"""Requests that are read before those in front of them are answered; then the client is not listened to."""
_NO_LINGER = struct.pack("ii", 1, 0)
_END = b"\r\n\r\n"
_log = logging.getLogger(__name__)


class Connection(BaseProtocol):
    """`address` is the other end's; `patience` knows how long it has been waited for."""

    __slots__ = (
        "_answering",
        "_content",
        "_deaf",
        "_pipe",
        "_requests",
        "_server",
        "_tail",
        "_task",
        "_waiter",
        "address",
        "patience",
    )

    def __init__(self, server: Listener) -> None:
        http = server.http
        parser = HttpRequestParser(
            self,
            server.loop,
            _CHUNK,
            max_line_size=server.line_limit,
            max_field_size=http.header_size,
            max_headers=http.header_count,
            payload_exception=web.RequestPayloadError,
            auto_decompress=False,
            max_msg_queue_size=_AHEAD + 1,  # a request that was taken before its body had come is counted for ever
        )
        super().__init__(server.loop, parser)
        self._server = server
        self._pipe: Any = None
        self._requests: deque[tuple[Any, Any]] = deque()
        self._content: Any = EMPTY_PAYLOAD
        self._answering = False
        self._deaf = False
        self._tail = b""
        self._task: Any = None
        self._waiter: Any = None
        self.address = "127.0.0.1"
        self.patience = Patience(http, server.loop.time())

    @property
    def is_idle(self) -> bool:
        """Whether it may be closed without cutting an answer: it has asked nothing, or not wholly."""
        return not (self._answering or self._requests)

    @property
    def is_busy(self) -> bool:
        """Whether a request is being answered, to the last byte of the answer."""
        return self.transport is not None and not self.is_idle

    @property
    def has_asked(self) -> bool:
        return self._task is not None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._pipe = transport
        peer = transport.get_extra_info("peername")
        if isinstance(peer, tuple):
            self.address = str(peer[0])
        with suppress(OSError, AttributeError):
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self._server.admit(self)

    def connection_lost(self, exc: BaseException | None) -> None:
        self._server.forget(self)
        self.force_close()
        super().connection_lost(exc)
        if not self._content.is_eof():
            self._content.set_exception(exc or ConnectionResetError("the client has left"))
        if self._task is not None:
            self._task.cancel()
        self._parser = None

    def data_received(self, data: bytes) -> None:
        if self._deaf or self.transport is None:
            return
        if self._upgraded:
            self._tail += data
            if len(self._tail) >= _CHUNK and not self._buffer_paused:
                self._pause_reading_for_buffer()
            return
        patience = self.patience
        room = self._server.http.header_total - patience.head
        if len(data) > room and self.is_idle and not 0 <= data.find(_END) <= room:
            self._too_long(data.find(b"\n", 0, room) >= 0)
            return
        self._parse(data)
        if data and self.is_idle:
            patience.asks(len(data), self._loop.time())

    def _parse(self, data: bytes) -> None:
        try:
            requests, self._upgraded, self._tail = self._parser.feed_data(data)  # type: ignore[union-attr]
        except HttpProcessingError as error:
            self._deaf = True
            content = self._requests[-1][1] if self._requests else self._content
            if not content.is_eof():
                content.set_exception(web.RequestPayloadError(error.message))
            requests = ((self._server.refusal(error), EMPTY_PAYLOAD),)
        if not requests:
            return
        self.patience.asked()
        self._requests.extend(requests)
        if self._waiter is not None:
            if not self._waiter.done():
                self._waiter.set_result(None)
        elif self._task is None:
            self._task = self._loop.create_task(self._serve())
        if len(self._requests) >= _AHEAD and not self._buffer_paused:
            self._pause_reading_for_buffer()

    def _too_long(self, has_line: bool) -> None:
        if has_line or self.patience.head:
            self._hang_up(Refusal(431, f"the headers are longer than {self._server.http.header_total} bytes"))
        else:
            self._hang_up(Refusal(414))

    def resume_reading(self, resume_parser: bool = True) -> None:
        """Called for each body that was read. While it has not come whole the parser may have paused by itself."""
        if self._reading_paused or (resume_parser and not self._content.is_eof()):
            super().resume_reading(resume_parser)

    def _read_ahead(self) -> None:
        """Some of what had come was answered: there is room for more."""
        if not self._upgraded:
            self.data_received(b"")  # what the parser has kept back
            if len(self._requests) >= _AHEAD:
                return
        self._resume_reading_for_buffer()

    def _not_upgraded(self) -> None:
        """The request to speak something else was declined: what came after it are requests."""
        tail, self._tail, self._upgraded = self._tail, b"", False
        self._parser.set_upgraded(False)  # type: ignore[union-attr]
        if self._buffer_paused:
            self._resume_reading_for_buffer()
        if tail:
            self.data_received(tail)

    async def _serve(self) -> None:
        requests, server = self._requests, self._server
        try:
            while self.transport is not None:
                if not requests:
                    self._waiter = self._loop.create_future()
                    await self._waiter
                    self._waiter = None
                    continue
                self._answering = True
                request = self._next()
                if request is None:
                    break
                try:
                    reply = await server.handler(request)
                except Exception as error:
                    if isinstance(error, ConnectionError) and (self.transport is None or self._pipe.is_closing()):
                        raise
                    _log.exception("the server failed to answer")
                    reply = server.refused(Refusal(500, close=True))
                rest = reply.send(request)
                if rest is not None:
                    await rest
                if not self._content.is_eof() and not await self._linger(self._content):
                    break
                if self._upgraded and not requests and self.transport is not None:
                    self._not_upgraded()
                self._answering = False
                self.patience.rested_since = self._loop.time()
                if not reply.keep_alive:
                    break
        except ConnectionError:
            pass  # the client has left
        except Exception:
            _log.exception("an answer could not be sent")
        finally:
            self._answering, self._waiter = False, None
            self.force_close()

    def _next(self) -> Request | None:
        """The request whose turn it is; None, and an answer, for what the parser has refused."""
        message, self._content = self._requests.popleft()
        if type(message) is Refusal:
            request = Request("GET", "/", HttpVersion11, {}, False, self._content, self)
            self._server.refused(message).send(request)
            return None
        self._parser.message_consumed()  # type: ignore[union-attr]
        if self._buffer_paused and len(self._requests) <= _AHEAD // 2:
            self._read_ahead()
        stays, headers = not message.should_close, headers_of(message.headers)
        return Request(message.method, message.path, message.version, headers, stays, self._content, self)

    async def _linger(self, content: Content) -> bool:
        """Reads on what nobody wanted, so that the client hears the answer: a reset would overtake it. Whether all has
        come."""
        with anyio.move_on_after(self._server.http.linger), suppress(web.RequestPayloadError):
            while self.transport is not None and not content.is_eof():
                await content.readany()
        return content.is_eof()

    drain = BaseProtocol._drain_helper
    """Until the client has taken enough for more to be sent. Raises ConnectionError when it has left."""

    def resume_writing(self) -> None:
        super().resume_writing()
        self.patience.stalled_since = None

    def look(self, now: float) -> bool:
        """Ends what takes too long; whether it did."""
        verdict = self.patience.judge(self._pipe, now, idle=self.is_idle)
        if verdict == "stalled":
            self.cut()
        elif self.transport is None:
            return False  # it is ending already
        elif verdict == "late":
            self._hang_up(Refusal(408, "the request header did not arrive in time"))
        elif verdict == "idle":
            self.force_close()
        return verdict is not None

    def _hang_up(self, refusal: Refusal) -> None:
        """A last word to a client that has not asked wholly."""
        if self.transport is not None:
            self.transport.write(last_word(refusal, self._server.clock.new_trace_id()))
        self.force_close()

    def force_close(self) -> None:
        """No more is read or answered; what was written goes out."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
        if self.transport is not None:
            self.transport.close()
            self.transport = None

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
        pipe, early = self._pipe, self._tail
        self._tail, self._upgraded = b"", False
        self.transport, self._parser = None, None
        self._server.forget(self)
        pipe.set_protocol(owner)
        if self._buffer_paused or self._reading_paused:
            pipe.resume_reading()
        if self.writing_paused:
            owner.pause_writing()
        return pipe, early
