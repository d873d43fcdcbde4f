"""Messages to the listeners of this process; there are no others on this store."""

from __future__ import annotations

from collections.abc import AsyncIterator

from motia_core.storage.listeners import Listeners


class Notifier:
    def __init__(self) -> None:
        self._listeners = Listeners()

    async def publish(self, channel: str, message: bytes) -> None:
        self._listeners.tell(channel, message)

    def listen(self) -> AsyncIterator[tuple[str, bytes]]:
        return self._listeners.add()

    def close(self) -> None:
        self._listeners.close()
