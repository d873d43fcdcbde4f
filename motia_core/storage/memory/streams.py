"""Streams as values: each stream is a `State` of its own."""

from __future__ import annotations

from motia_core.storage.memory.state import State


class Streams:
    """The streams that hold anything, and each of them by name."""

    def __init__(self) -> None:
        self._all: dict[str, State] = {}

    def open(self, name: str) -> State:
        return self._all.setdefault(name, State())

    async def names(self) -> list[str]:
        return sorted(name for name, state in self._all.items() if state)
