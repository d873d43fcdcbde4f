"""Messages to the listeners of this process; there are no others on this store."""

from __future__ import annotations

from motia_core.storage.listeners import Listener, Listeners


class Notifier:
    def __init__(self) -> None:
        self._listeners = Listeners()

    def tell(self, channel: str, message: bytes) -> None:
        self._listeners.tell(channel, message)

    async def publish(self, channel: str, message: bytes) -> None:
        self.tell(channel, message)

    def listen(self) -> Listener:
        return self._listeners.add()

    def close(self) -> None:
        self._listeners.close()
