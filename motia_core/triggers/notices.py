"""Word between servers on one store: one has put deliveries, the others look at once instead of at their next poll.

Lossy, and never more than ten words a second: what is missed costs one poll.
"""

from __future__ import annotations

from collections.abc import Callable

import anyio

from motia_core.storage.base import Notifier

CHANNEL = "deliveries"
_BETWEEN = 0.1


class Notices:
    """`wake` is this server's queue; `owner` tells its own words from those of others."""

    def __init__(self, notifier: Notifier, wake: Callable[[], None], owner: str) -> None:
        self._notifier = notifier
        self._wake = wake
        self._owner = owner.encode()
        self._news = anyio.Event()

    def put(self) -> None:
        """Deliveries were put by this server."""
        self._wake()
        self._news.set()

    async def run(self) -> None:
        """Until it is cancelled, or the storage is closed."""
        async with anyio.create_task_group() as group:
            group.start_soon(self._tell)
            async for channel, said in self._notifier.listen():
                if channel == CHANNEL and said != self._owner:
                    self._wake()
            group.cancel_scope.cancel()

    async def _tell(self) -> None:
        while True:
            await self._news.wait()
            self._news = anyio.Event()
            await self._notifier.publish(CHANNEL, self._owner)
            await anyio.sleep(_BETWEEN)
