"""One reader of Server-Sent Events: follows one group, or one item, until it leaves. What it sends is not read."""

from __future__ import annotations

import socket
from contextlib import suppress

from motia_core.streams.pipe import Pipe, Take
from motia_core.streams.protocol import Key, Message

_BEAT = b":\n\n"
SUBSCRIPTION = "sse"


class Reader(Pipe):
    __slots__ = ()

    def open(self, take: Take, answer: bytes) -> None:
        super().open(take, answer)
        if self._pipe is None:
            return
        patience = int((self._hub.knobs.heartbeat + self._hub.knobs.patience) * 1000)
        # It answers no ping: the system says when what is sent arrives nowhere.
        with suppress(AttributeError, OSError):
            self._pipe.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, patience)

    def say(self, messages: list[Message]) -> None:
        for message in messages:
            self.send(message.sse, great=message.kind == "sync")

    def beat(self) -> bool:
        self.send(_BEAT)
        return False

    def goodbye(self, reason: str) -> None:
        self.hang_up(b"")

    def refused(self, key: Key) -> None:
        """It asks again, and is told why not."""
        self.hang_up(b"")

    def data_received(self, data: bytes) -> None:
        self.heard = self._hub.now()
