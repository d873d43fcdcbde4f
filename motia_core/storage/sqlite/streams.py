"""Streams as values: each stream is a space of its own in the table of `state.py`."""

from __future__ import annotations

from motia_core.storage.sqlite.database import Database
from motia_core.storage.sqlite.queries import load
from motia_core.storage.sqlite.state import State

_SPACES = load("entries")["spaces"]


def space(stream: str | None) -> str:
    """The space of a stream; None is state."""
    return "" if stream is None else f":{stream}"


class Streams:
    """The streams that hold anything, and each of them by name."""

    def __init__(self, database: Database, *, full: bool) -> None:
        self._database = database
        self._full = full

    def open(self, name: str) -> State:
        return State(self._database, space=space(name), full=self._full)

    async def names(self) -> list[str]:
        return [row[0][1:] for row in await self._database.rows(_SPACES) if row[0]]
