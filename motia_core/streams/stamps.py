"""Numbers for what only one client is told: greater than all it has heard, less than whatever it is told next.

The published clients drop what is not newer than the last they saw. So a number given here is taken from those of the
changes: the store is made to pass over it, and nobody is told what a room holds before it has.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any

import anyio

from motia_core.errors import MotiaError


class Stamps:
    """`last` is that of the last change told or read. `pass_over` makes the store go beyond a number."""

    def __init__(
        self,
        pass_over: Callable[[int], Awaitable[None]],
        spawn: Callable[[Callable[[], Coroutine[Any, Any, Any]]], None],
    ) -> None:
        self.last = 0
        self._pass_over = pass_over
        self._spawn = spawn
        self._given = 0
        self._passed = 0
        self._due = False
        self._lock = anyio.Lock()

    def next(self) -> int:
        self._given = max(self._given, self.last) + 1
        if not self._due:
            self._due = True
            self._spawn(self._settle)
        return self._given

    async def settled(self) -> None:
        """Returns when the store is beyond all that were given before this call. Raises MotiaError."""
        given = self._given
        if self._passed > given:
            return
        async with self._lock:
            if self._passed <= given:
                beyond = self._given + 1
                await self._pass_over(beyond)
                self._passed = beyond

    async def _settle(self) -> None:
        """Soon rather than at the next join: that may come to another server, or after this one's end."""
        self._due = False
        with suppress(MotiaError):  # the next who joins tries again, and is told
            await self.settled()
