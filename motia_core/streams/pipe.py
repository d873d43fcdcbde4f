"""One connection that the listener has given away: what is written to it, how much of that may wait, how it ends.

No task, no timer and no buffer of its own: an idle connection costs the transport and this object. Writing never waits;
a reader who falls behind by more than the limit is cut. `Socket` and `Reader` say what is spoken on it.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

import anyio

from motia_core.streams.access import Auth
from motia_core.streams.protocol import Key, Message
from motia_core.streams.rooms import Joining

if TYPE_CHECKING:
    from motia_core.streams.hub import Hub

_HIGH = 64 * 1024
_NO_LINGER = struct.pack("ii", 1, 0)
_LOW = 4


class Transport(Protocol):
    def write(self, data: bytes) -> None: ...
    def write_eof(self) -> None: ...
    def close(self) -> None: ...
    def abort(self) -> None: ...
    def is_closing(self) -> bool: ...
    def pause_reading(self) -> None: ...
    def resume_reading(self) -> None: ...
    def get_write_buffer_size(self) -> int: ...
    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None: ...
    def get_extra_info(self, name: str) -> Any: ...


Take = Callable[["Pipe"], tuple[Transport, bytes]]
"""Makes the connection the pipe's: its transport, and what the client has sent already."""


class Pipe:
    """`address` is the other end's, `auth` what `streamAuth` made of the handshake. `heard`: when something came last.
    `due`: what its client is to be told next. `over`: nothing is said any more, and what comes is thrown away. `taken`
    bytes have left this process."""

    __slots__ = (
        "_drained",
        "_hub",
        "_pipe",
        "_room",
        "_written",
        "address",
        "auth",
        "due",
        "heard",
        "joining",
        "lagging",
        "over",
        "subscriptions",
    )

    def __init__(self, hub: Hub, address: str, auth: Auth) -> None:
        self.address = address
        self.auth = auth
        self.subscriptions: dict[str, Key] = {}
        self.joining: Joining | None = None
        self.due: list[Message] = []
        self.heard = hub.now()
        self.lagging = False
        self.over = False
        self._hub = hub
        self._pipe: Transport | None = None
        self._room = hub.knobs.outgoing
        self._written = 0
        self._drained: anyio.Event | None = None

    def open(self, take: Take, answer: bytes) -> None:
        """Takes the connection over, beginning with `answer`."""
        self._pipe, early = take(self)
        high = min(_HIGH, self._room)
        self._pipe.set_write_buffer_limits(high, high // _LOW)
        self._hub.lines.add(self)
        self.send(answer)
        if early:
            self.data_received(early)

    @property
    def waiting(self) -> int:
        """Bytes that the system has not taken yet."""
        return 0 if self._pipe is None else self._pipe.get_write_buffer_size()

    @property
    def taken(self) -> int:
        return self._written - self.waiting

    def push(self, message: Message) -> None:
        """Says `message`, after what is due."""
        self.due.append(message)
        self.flush()

    def flush(self) -> None:
        """Says what is due."""
        due, self.due = self.due, []
        if due:
            self.say(due)

    def say(self, messages: list[Message]) -> None:
        """In the words of this kind of connection."""
        raise NotImplementedError

    def beat(self) -> bool:
        """Makes a quiet line show that it lives; whether an answer is to be expected."""
        raise NotImplementedError

    def goodbye(self, reason: str) -> None:
        """The server ends, or wants to be asked anew who this is."""
        raise NotImplementedError

    def refused(self, key: Key) -> None:
        """`key` may not be followed any more."""

    def data_received(self, data: bytes) -> None:
        raise NotImplementedError

    def send(self, data: bytes, *, great: bool = False) -> None:
        """Writes, or cuts a reader behind whom too much waits. `great` = it is long because it was asked for."""
        pipe = self._pipe
        if self.over or pipe is None:
            return
        if self.lagging and pipe.get_write_buffer_size() > self._room:
            self.cut()
            return
        self._written += len(data)
        pipe.write(data)
        if great and self.lagging:
            self._room = max(self._room, pipe.get_write_buffer_size() + self._hub.knobs.outgoing)

    async def drained(self) -> None:
        """Waits until the other end has taken nearly all; one that does not is cut by the look at the lines."""
        while self.lagging and not self.over:
            if self._drained is None:
                self._drained = anyio.Event()
            await self._drained.wait()

    def cut(self) -> None:
        """Ends at once. A reset, or the system itself would go on offering the client what it holds."""
        if self._pipe is not None:
            with suppress(OSError, AttributeError):
                self._pipe.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
            self._pipe.abort()
        if not self.over:
            self._hub.lines.cut += 1
            self._end()

    def hang_up(self, last_words: bytes) -> None:
        """Ends in order: what waits goes out first, and what still comes is thrown away, so that it does not undo the
        last words."""
        if self.over or self._pipe is None:
            return
        self.send(last_words)
        if self.over:
            return
        self._end()
        with suppress(RuntimeError, OSError):
            self._pipe.resume_reading()
        with suppress(RuntimeError, OSError):
            self._pipe.write_eof()
        self._hub.lines.let_go(self)

    def _end(self) -> None:
        self.over = True
        self._hub.forget(self)
        self._wake()

    def _wake(self) -> None:
        if self._drained is not None:
            self._drained.set()
            self._drained = None

    def eof_received(self) -> None:
        """The transport closes by itself."""

    def connection_lost(self, error: BaseException | None) -> None:
        self._hub.lines.remove(self)
        self._pipe = None
        if not self.over:
            self._end()

    def pause_writing(self) -> None:
        self.lagging = True
        self._hub.lines.lags(self)

    def resume_writing(self) -> None:
        self.lagging = False
        self._room = self._hub.knobs.outgoing
        self._hub.lines.caught_up(self)
        self._wake()
