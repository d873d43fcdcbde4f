"""One stream socket: what its client says is done strictly in order, one thing after the other.

A task lives only while there is something to do. A client that says too much is read more slowly.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import anyio

from motia_core.streams.access import Auth
from motia_core.streams.frames import (
    BAD_TEXT,
    FAULT,
    GOING_AWAY,
    PING,
    POLICY,
    PONG,
    BadFrame,
    Frames,
    Received,
    close_frame,
    frame,
)
from motia_core.streams.pipe import Pipe
from motia_core.streams.protocol import Join, Leave, Malformed, Message, Ping, parse, pong

if TYPE_CHECKING:
    from motia_core.streams.hub import Hub

_MOST, _FEW = 256, 64
_TOGETHER = 16 * 1024
"""More than this is not put together: every connection would hold a copy of its own."""
_PING = frame(PING, b"")


class Socket(Pipe):
    __slots__ = ("_frames", "_inbox", "_paced_at", "_paused", "_size", "_tokens", "_working")

    def __init__(self, hub: Hub, address: str, auth: Auth) -> None:
        super().__init__(hub, address, auth)
        self._frames = Frames(hub.knobs.message)
        self._inbox: deque[bytes] | None = None
        self._size = 0
        self._working = False
        self._paused = False
        self._tokens = float(hub.knobs.burst)
        self._paced_at = self.heard

    def say(self, messages: list[Message]) -> None:
        """In one go, if it is not much: a write costs more than what is in it."""
        frames = [message.frame for message in messages]
        if len(frames) > 1 and sum(map(len, frames)) <= _TOGETHER:
            self.send(b"".join(frames))
            return
        for message in messages:
            self.send(message.frame, great=message.kind == "sync")

    def beat(self) -> bool:
        self.send(_PING)
        return True

    def goodbye(self, reason: str) -> None:
        self.hang_up(close_frame(GOING_AWAY, reason))

    def data_received(self, data: bytes) -> None:
        self.heard = self._hub.now()
        if self.over:
            return
        try:
            for received in self._frames.feed(data):
                self._take(received)
        except BadFrame as error:
            self.hang_up(close_frame(error.code, error.reason))

    def _take(self, received: Received) -> None:
        if received.kind == "text":
            if self._inbox is None:
                self._inbox = deque()
            self._inbox.append(received.data)
            self._size += len(received.data)
            if not self._paused and (len(self._inbox) > _MOST or self._size > self._hub.knobs.message):
                self._pause()
            if not self._working:
                self._working = True
                self._hub.spawn(self._work)
        elif received.kind == "ping":
            self.send(frame(PONG, received.data))
        elif received.kind == "close":
            self.hang_up(close_frame(received.code))

    async def _work(self) -> None:
        inbox = self._inbox
        assert inbox is not None
        try:
            while inbox and not self.over:
                await self._pace()
                text = inbox.popleft()
                self._size -= len(text)
                await self._do(text)
                if self._paused and len(inbox) < _FEW and self._size <= self._hub.knobs.message:
                    self._resume()
        except Exception as error:
            self._hub.note("error", f"a stream socket failed: {error!r}")
            self.hang_up(close_frame(FAULT, "the server failed"))
        finally:
            self._working = False
            if not inbox:
                self._inbox = None

    async def _do(self, text: bytes) -> None:
        hub = self._hub
        try:
            said = parse(text, names=hub.knobs.name)
        except Malformed as error:
            self.hang_up(close_frame(POLICY if error.beyond else BAD_TEXT, str(error)))
            return
        if isinstance(said, Join):
            await hub.joins.join(self, said.key, said.subscription)
        elif isinstance(said, Leave):
            hub.joins.leave(self, said.subscription)
        elif isinstance(said, Ping):
            self.send(pong(said))

    async def _pace(self) -> None:
        """`burst` messages at once, then so many in a second."""
        knobs, now = self._hub.knobs, self._hub.now()
        self._tokens = min(knobs.burst, self._tokens + (now - self._paced_at) * knobs.rate) - 1
        self._paced_at = now
        if self._tokens < 0:
            await anyio.sleep(-self._tokens / knobs.rate)

    def _pause(self) -> None:
        if self._pipe is not None and not self._pipe.is_closing():
            self._paused = True
            self._pipe.pause_reading()

    def _resume(self) -> None:
        self._paused = False
        self.heard = self._hub.now()
        if self._pipe is not None and not self._pipe.is_closing():
            self._pipe.resume_reading()
