"""Waits for a sign that files below some folders changed, or for time to pass. Never says which files.

Wraps watchfiles folder by folder, so that nothing below `node_modules` is ever watched. When the system refuses (a
limit, an odd file system), waiting is plain sleep.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator
from pathlib import Path

import anyio
import watchfiles

_STEP_MS = 10
_DEBOUNCE_MS = 50


class _Over(Exception):
    """The notifications have ended."""


class Bell:
    """One at a time: `wait` is not for two tasks."""

    def __init__(self, project: Path) -> None:
        self._project = project
        self._watched: tuple[frozenset[str], int] | None = None
        self._signs: Iterator[set[watchfiles.main.FileChange]] | None = None
        self._stop = threading.Event()

    async def wait(self, folders: Collection[str], seconds: float) -> bool:
        """True when something changed in one of `folders` (relative to the project), False after `seconds`."""
        wanted = (frozenset(folders), max(1, int(seconds * 1000)))
        if wanted != self._watched:
            self.close()
            self._watched = wanted
            self._signs = self._open(*wanted)
        if self._signs is not None:
            try:
                return await anyio.to_thread.run_sync(_next, self._signs, abandon_on_cancel=True)
            except (OSError, RuntimeError, _Over):
                self._signs = None
        await anyio.sleep(seconds)
        return False

    def close(self) -> None:
        """Ends the watching thread, if one waits, within a moment."""
        self._stop.set()
        self._signs = None
        self._watched = None

    def _open(self, folders: frozenset[str], timeout_ms: int) -> Iterator[set[watchfiles.main.FileChange]]:
        self._stop = threading.Event()
        there = [path for folder in sorted(folders) if (path := self._project / folder).is_dir()]
        return watchfiles.watch(
            *there,
            watch_filter=None,
            debounce=_DEBOUNCE_MS,
            step=_STEP_MS,
            stop_event=self._stop,
            rust_timeout=timeout_ms,
            yield_on_timeout=True,
            raise_interrupt=False,
            force_polling=False,
            recursive=False,
            ignore_permission_denied=True,
        )


def _next(signs: Iterator[set[watchfiles.main.FileChange]]) -> bool:
    found = next(signs, None)
    if found is None:
        raise _Over
    return bool(found)
