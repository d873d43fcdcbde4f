"""Requests begin at once, in the task of their connection.

aiohttp makes a task for each request, and from Python 3.12 on lets it begin at once, so that an answer that is ready
costs no turn of the loop. Before that each request would wait for a turn to begin, and for another to be heard of.
`EagerLoop` gives the older Pythons the same: the connection awaits the request itself. A connection has one request at
a time, and nothing here keeps context variables, so nobody can tell.
"""

from __future__ import annotations

import sys
from collections.abc import Coroutine
from typing import Any

NEEDED = sys.version_info < (3, 12)


class EagerLoop:
    """The loop, but that a task made of a coroutine is the coroutine."""

    def __init__(self, loop: Any) -> None:
        self._loop = loop
        self.time = loop.time
        self.call_at = loop.call_at
        self.create_future = loop.create_future

    def create_task(self, coroutine: Coroutine[Any, Any, Any]) -> Coroutine[Any, Any, Any]:
        return coroutine

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loop, name)
