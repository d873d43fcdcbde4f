"""Messages to listeners inside this process. Both backends use it; what crosses processes is each backend's own."""

from __future__ import annotations

import asyncio
import weakref
from collections import deque

_LONGEST = 10_000


class Listener:
    """An iterator over the messages since it was made. One that is read too slowly loses the oldest."""

    def __init__(self, closed: bool) -> None:
        self._messages: deque[tuple[str, bytes]] = deque(maxlen=_LONGEST)
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

    def tell(self, channel: str, message: bytes) -> None:
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
