"""What rooms hold when somebody joins. Those who join one room at the same time share one reading of it.

A reading serves only those who were members before it began: then what it lacks reaches them as a change.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import anyio

from motia_core.errors import MotiaError, StoreError
from motia_core.streams.protocol import Key, Message

Read = Callable[[Key], Awaitable[Message]]


class _Reading:
    def __init__(self) -> None:
        self.done = anyio.Event()
        self.result: Message | None = None
        self.error: MotiaError | None = None


class Snapshots:
    """`read` makes the `sync` of a room; `spawn` runs a task that does not end with its caller."""

    def __init__(self, read: Read, spawn: Callable[..., None]) -> None:
        self._read = read
        self._spawn = spawn
        self._running: dict[Key, _Reading] = {}
        self._next: dict[Key, _Reading] = {}

    async def get(self, key: Key) -> Message:
        """Of a moment after this call. Raises MotiaError."""
        reading = self._next.get(key)
        if reading is None:
            reading = self._next[key] = _Reading()
            if key not in self._running:
                self._running[key] = reading
                self._spawn(self._serve, key)
        await reading.done.wait()
        if reading.result is None:
            raise reading.error or RuntimeError("the reading was given up")
        return reading.result

    async def _serve(self, key: Key) -> None:
        """One reading after the other, as long as somebody waits."""
        try:
            while (reading := self._next.pop(key, None)) is not None:
                self._running[key] = reading
                try:
                    reading.result = await self._read(key)
                except MotiaError as error:
                    reading.error = error
                except Exception as error:  # a fault of whoever reads; those who wait are many, and not at fault
                    reading.error = StoreError(f"{error!r}")
                finally:
                    reading.done.set()
        finally:
            self._running.pop(key, None)
            if (left := self._next.pop(key, None)) is not None:
                left.done.set()
