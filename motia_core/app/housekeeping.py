"""Removes what has had its time: expired values, old dead letters, forgotten emit ids. In small bites: nobody waits."""

from __future__ import annotations

import anyio

from motia_core.app.parts import Parts
from motia_core.errors import StoreError

_EVERY = 30.0
_BITE = 1000


async def keep_house(parts: Parts) -> None:
    """Until it is cancelled. A store that fails is tried again next time."""
    while True:
        await anyio.sleep(_EVERY)
        try:
            await sweep(parts)
        except StoreError as error:
            parts.recorder.note("warn", f"old entries could not be removed: {error.message}")


async def sweep(parts: Parts) -> None:
    """One round."""
    storage, knobs, now = parts.storage, parts.config.queue, parts.clock.now_ms()
    for keyed in (storage.state, *(storage.stream(name) for name in await storage.stream_names())):
        bite = _BITE
        while bite == _BITE:
            bite = len(await keyed.sweep(now=now, limit=_BITE))
    await storage.events.prune(
        dead_before=now - int(knobs.dead_retention * 1000), dedup_before=now - int(knobs.dedup_window * 1000)
    )
