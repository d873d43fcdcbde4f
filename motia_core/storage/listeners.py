"""Messages to listeners inside this process. Both backends use it; what crosses processes is each backend's own."""

from __future__ import annotations

import asyncio
import weakref
from collections import deque

_LONGEST = 10_000
LOST = "lost"
"""The channel of a message that says: some before this one never came."""


class Listener:
    """An iterator over the messages since it was made. One that is read too slowly loses the oldest, and is told so."""

    def __init__(self, closed: bool) -> None:
        self._messages: deque[tuple[str, bytes]] = deque()
        self._wake = asyncio.Event()
        self._closed = closed

    def __aiter__(self) -> Listener:
        return self

    async def __anext__(self) -> tuple[str, bytes]:
        while not self._messages:
            if self._closed:
                raise StopAsyncIteration
            self._wake.clear()
            await self._wake.wait()
        return self._messages.popleft()

    async def several(self, most: int) -> list[tuple[str, bytes]]:
        """What has come by now, waiting for the first of it; nothing when there will be no more."""
        try:
            found = [await self.__anext__()]
        except StopAsyncIteration:
            return []
        while self._messages and len(found) < most:
            found.append(self._messages.popleft())
        return found

    def tell(self, channel: str, message: bytes) -> None:
        if len(self._messages) == _LONGEST:
            self._messages.popleft()
            self._messages[0] = (LOST, b"")
        self._messages.append((channel, message))
        self._wake.set()

    def close(self) -> None:
        self._closed = True
        self._wake.set()


class Listeners:
    """All listeners of one storage. They are held weakly: one that nobody reads any more is gone by itself."""

    def __init__(self) -> None:
        self._all: weakref.WeakSet[Listener] = weakref.WeakSet()
        self._closed = False

    def __bool__(self) -> bool:
        return bool(self._all)

    def add(self) -> Listener:
        listener = Listener(self._closed)
        self._all.add(listener)
        return listener

    def tell(self, channel: str, message: bytes) -> None:
        for listener in tuple(self._all):
            listener.tell(channel, message)

    def close(self) -> None:
        self._closed = True
        for listener in tuple(self._all):
            listener.close()
