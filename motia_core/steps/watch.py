"""Notices which of a project's files change, under `motia dev`.

A scan of modification times is the truth; the operating system's notifications only say when to look, and looking goes
on without them: containers, network folders and exhausted limits may keep them silent (docs/decisions/0005-watching).
Looks only where steps live and at what they have loaded, so build output and data folders cause no reloads.
"""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping
from pathlib import Path

import anyio
from msgspec import Struct, field

from motia_core.steps.bell import Bell
from motia_core.steps.discovery import sendable, skipped
from motia_core.steps.scope import Scope

# Two scans this far apart must agree: whoever writes many files, or one in pieces, has come to an end.
_SETTLE = 0.02
# A file that is gone or empty is often being written at this very moment: it is believed after this time.
_DOUBT = 0.15
# Whoever installs packages takes pauses.
_INSTALLED = 0.6
_SLOW = 1.0
_COARSE_NS = 20_000_000  # the clock of file systems
# Looking costs about this many seconds per file, and may take this share of one processor.
_COST = 4e-6
_SHARE = 0.05

Stamp = tuple[int, int, int, int]


class Seen(Struct):
    """What a scan has found: each file's age, size and identity, the folders looked into and those that links lead to,
    and the state of the `marks`."""

    files: dict[str, Stamp] = field(default_factory=dict)
    folders: list[str] = field(default_factory=list)
    marks: dict[str, Stamp] = field(default_factory=dict)


class Look(Struct, frozen=True):
    """What to look at: files in `scope`, and `marks`, patterns of paths that change when packages are installed. What
    changed is told by the mark's whole path."""

    scope: Scope
    marks: tuple[str, ...] = ()


class Watcher:
    """`look` says what matters now. `period`: seconds between two scans where no notifications come; `events`: whether
    they are listened to at all. What was written after `since` (ns) has changed, though it was not seen before."""

    def __init__(
        self,
        project: Path,
        look: Callable[[], Look],
        *,
        period: float = 0.1,
        events: bool = True,
        since: int | None = None,
    ) -> None:
        self._project = project
        self._look = look
        self._period = period
        self._since = since
        self._bell = Bell(project) if events else None
        self._trusted = False

    async def changes(self) -> AsyncIterator[frozenset[str]]:
        """Every set of files and marks that came, went or changed, some milliseconds after the last was written."""
        look = self._look()
        seen = await self._scan(look)
        files = {file for file, stamp in seen.files.items() if self._since is not None and stamp[0] > self._since}
        rang = False
        try:
            while True:
                looked = time.time_ns() - _COARSE_NS
                if files:
                    self._trusted = rang
                    seen, files = await self._settled(seen, look, files)
                    yield frozenset(files)
                    rang = True  # as long as it took, more may have changed, and other files may matter now
                else:
                    # Somebody else's file rings the bell: do not look more often than polling would.
                    await anyio.sleep(self._rest(seen) if rang else 0)
                    rang = await self._wait(seen)
                before, look = look, self._look()
                seen, files = await self._compare(seen, before, look, looked)
        finally:
            if self._bell is not None:
                self._bell.close()

    async def _wait(self, seen: Seen) -> bool:
        """Until the bell rings, when it has been hung anew, or for a while. Whether it rang."""
        if self._bell is None:
            await anyio.sleep(self._rest(seen))
            return False
        if await self._bell.hang(seen.folders):
            return False
        return await self._bell.wait(_SLOW if self._trusted else self._rest(seen))

    async def _settled(self, seen: Seen, look: Look, files: set[str]) -> tuple[Seen, set[str]]:
        """All that changes until nothing does."""
        quiet = time.monotonic()
        while True:
            await anyio.sleep(_SETTLE)
            seen, more = await self._compare(seen, look, look)
            files |= more
            now = time.monotonic()
            if more:
                quiet = now
            elif now - quiet >= _doubt(seen, files, look.scope):
                return seen, files

    def _rest(self, seen: Seen) -> float:
        """Seconds between two looks, so that large projects are looked at less often."""
        return min(_SLOW, max(self._period, len(seen.files) * _COST / _SHARE))

    async def _scan(self, look: Look) -> Seen:
        return await anyio.to_thread.run_sync(scan, self._project, look)

    async def _compare(self, seen: Seen, before: Look, look: Look, looked: int | None = None) -> tuple[Seen, set[str]]:
        now = await self._scan(look)
        marked = {mark for mark in seen.marks.keys() | now.marks.keys() if seen.marks.get(mark) != now.marks.get(mark)}
        return now, differences(seen.files, now.files, before.scope, look.scope, looked) | marked


def _doubt(seen: Seen, files: Collection[str], scope: Scope) -> float:
    """How long all must be quiet before it is believed (s)."""
    if any(file in seen.marks for file in files):
        return _INSTALLED
    gone = (seen.files.get(file, (0, 0, 0, 0))[1] == 0 for file in files if scope.covers(file))
    return _DOUBT if any(gone) else 0.0


def differences(
    seen: Mapping[str, Stamp], now: Mapping[str, Stamp], before: Scope, after: Scope, looked: int | None = None
) -> set[str]:
    """Files that came, went or changed. One that only entered or left the scope meanwhile is no change, unless it was
    written after `looked` (ns): while the code was exchanged that wants it."""

    def fresh(file: str, stamp: Stamp) -> bool:
        return file in seen or before.covers(file) or (looked is not None and stamp[0] > looked)

    came = {file for file, stamp in now.items() if seen.get(file) != stamp and fresh(file, stamp)}
    return came | {file for file in seen if file not in now and after.covers(file)}


def scan(project: Path, look: Look) -> Seen:
    """Everything there is to look at, as it is now."""
    root, scope = str(project), look.scope
    seen = Seen()
    visited: set[tuple[int, int]] = set()
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        try:
            status = Path(root, folder).stat()
            if (status.st_dev, status.st_ino) in visited:
                continue
            visited.add((status.st_dev, status.st_ino))
            seen.folders.append(folder)
            with os.scandir(f"{root}/{folder}") as entries:
                for entry in entries:
                    file = f"{folder}/{entry.name}" if folder else entry.name
                    if not sendable(entry.name):
                        continue
                    if not entry.is_dir():
                        if scope.covers(file):
                            _note(entry, file, seen)
                    elif not skipped(entry.name, scope.left_out) and (folder or scope.enters(entry.name)):
                        waiting.append(file)
        except OSError:
            # It went away while we looked; the next scan sees it gone.
            continue
    _scan_single(project, look, seen)
    return seen


def _scan_single(project: Path, look: Look, seen: Seen) -> None:
    for file in look.scope.outside:
        if (stamp := _stamp(file)) is not None:
            seen.files[file] = stamp
            seen.folders.append(file.rpartition("/")[0])
    for pattern in look.marks:
        for found in _matching(project, pattern):
            if (stamp := _stamp(found)) is not None:
                seen.marks[str(found)] = stamp


def _matching(project: Path, pattern: str) -> Iterable[Path]:
    if "*" not in pattern:
        return (project / pattern,)
    start = Path(pattern[: pattern.index("*")]).parent
    return (project / start).glob(Path(pattern).relative_to(start).as_posix())


def _note(entry: os.DirEntry[str], file: str, seen: Seen) -> None:
    try:
        status = entry.stat()
        if entry.is_symlink():
            seen.folders.append(str(Path(entry.path).resolve().parent))
    except OSError:
        return
    seen.files[file] = _of(status)


def _stamp(path: str | Path) -> Stamp | None:
    try:
        return _of(Path(path).stat())
    except OSError:
        return None


def _of(status: os.stat_result) -> Stamp:
    return (status.st_mtime_ns, status.st_size, status.st_ino, status.st_dev)
