"""Removes what has had its time: expired values, old dead letters, forgotten emit ids. In small bites: nobody waits.

Expired values go soon after, because the items of streams among them are then told to be gone.
"""

from __future__ import annotations

from collections.abc import Callable

import anyio

from motia_core.app.parts import Parts
from motia_core.errors import StoreError

_SOON = 1.0
_ROUNDS = 30
"""Rounds of what is due soon to one of what is not."""
_BITE = 1000


async def keep_house(parts: Parts, over: Callable[[], bool]) -> None:
    """Until it is `over`: then the store may be closed at any moment. One that fails is tried again next time."""
    told = 0
    while True:
        for rounds in range(_ROUNDS):
            await anyio.sleep(_SOON)
            if over():
                return
            try:
                await expire(parts)
                if not rounds:
                    await prune(parts)
            except StoreError as error:
                told += 1
                if not over() and told % _ROUNDS == 1:
                    parts.recorder.note("warn", f"old entries could not be removed: {error.message}")
            else:
                told = 0


async def expire(parts: Parts) -> None:
    """One round of what ends at its own time."""
    now, bite = parts.clock.now_ms(), _BITE
    while bite == _BITE:
        bite = await parts.storage.sweep(now=now, limit=_BITE)


async def prune(parts: Parts) -> None:
    """One round of what is kept for long."""
    knobs, now = parts.config.queue, parts.clock.now_ms()
    await parts.storage.events.prune(
        dead_before=now - int(knobs.dead_retention * 1000), dedup_before=now - int(knobs.dedup_window * 1000)
    )
