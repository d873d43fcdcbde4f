"""Waits for a sign that files in some folders changed, or for time to pass. Never says which files.

Wraps the notifications of watchfiles folder by folder, so that nothing below the folders of packages is ever watched.
When the system refuses (a limit, an odd file system), waiting is plain sleep.
"""

from __future__ import annotations

import threading
from collections.abc import Collection
from pathlib import Path

import anyio
from watchfiles._rust_notify import RustNotify

# A sign is passed on when nothing more has come for a step, after the debounce at the latest.
_STEP_MS = 10
_DEBOUNCE_MS = 50


class Bell:
    """One at a time: `hang` and `wait` are not for two tasks."""

    def __init__(self, project: Path) -> None:
        self._project = project
        self._folders: frozenset[str] = frozenset()
        self._signs: RustNotify | None = None
        self._stop = threading.Event()

    async def hang(self, folders: Collection[str]) -> bool:
        """From now on changes in `folders` (relative to the project, or absolute) are noticed. True when that was not
        so before, which means that something may have been missed until now."""
        wanted = frozenset(folders)
        if wanted == self._folders:
            return False
        self.close()
        self._folders = wanted
        self._stop = threading.Event()
        try:
            self._signs = await anyio.to_thread.run_sync(self._open)
        except (OSError, RuntimeError):
            self._signs = None
        return True

    async def wait(self, seconds: float) -> bool:
        """True when something changed, False after `seconds`."""
        if self._signs is not None:
            try:
                return await anyio.to_thread.run_sync(_next, self._signs, seconds, self._stop, abandon_on_cancel=True)
            except (OSError, RuntimeError):
                self._signs = None
        await anyio.sleep(seconds)
        return False

    def close(self) -> None:
        """Ends the waiting thread, if one waits, within a moment."""
        self._stop.set()
        self._signs = None
        self._folders = frozenset()

    def _open(self) -> RustNotify:
        there = [str(path) for folder in sorted(self._folders) if (path := self._project / folder).is_dir()]
        return RustNotify(there, False, False, 0, False, True)


def _next(signs: RustNotify, seconds: float, stop: threading.Event) -> bool:
    return isinstance(signs.watch(_DEBOUNCE_MS, _STEP_MS, max(1, int(seconds * 1000)), stop), set)
