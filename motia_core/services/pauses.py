"""Which steps people have paused: their deliveries wait, their ticks pass. Kept in the store, so that a pause outlives
every server; other servers on the store follow within a second. What runs already is not stopped.
"""

from __future__ import annotations

from typing import Any

import anyio
import msgspec

from motia_core.clock import Clock
from motia_core.errors import StoreError
from motia_core.storage.base import Storage

STREAM = "__motia.pauses"
_GROUP = "default"
_LOOK_EVERY = 1.0


class Pauses:
    """`in` says whether a step is paused, as far as this server knows."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._store = storage.stream(STREAM)
        self._clock = clock
        self._since: dict[str, int] = {}

    def __contains__(self, step: object) -> bool:
        return step in self._since

    def since(self, step: str) -> int | None:
        """When it was paused, in milliseconds since the epoch."""
        return self._since.get(step)

    async def pause(self, step: str) -> bool:
        """Whether it was not paused before."""
        now = self._clock.now_ms()
        value = msgspec.json.encode({"id": step, "since": now})
        new, _ = await self._store.set_if_absent(_GROUP, step, value, now=now)
        await self._look()
        return new

    async def resume(self, step: str) -> bool:
        """Whether it was paused."""
        was = await self._store.delete(_GROUP, step, now=self._clock.now_ms())
        await self._look()
        return was is not None

    async def run(self, *, task_status: Any = anyio.TASK_STATUS_IGNORED) -> None:
        """Until it is cancelled; started when what is paused is known."""
        await self._look()
        task_status.started()
        while True:
            await anyio.sleep(_LOOK_EVERY)
            try:
                await self._look()
            except StoreError:
                continue  # what was paused stays so; others say that the store fails

    async def _look(self) -> None:
        items = await self._store.group(_GROUP, now=self._clock.now_ms())
        self._since = {item.key: int(msgspec.json.decode(item.value).get("since", 0)) for item in items}
