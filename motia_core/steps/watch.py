"""Notices which of a project's files change, under `motia dev`.

A scan of modification times is the truth; the operating system's notifications only say when to look, and looking goes
on without them: containers, network folders and exhausted limits may keep them silent (docs/decisions/0005-watching).
Looks only where steps live and at what they have loaded, so build output and data folders cause no reloads.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from pathlib import Path

import anyio
from msgspec import Struct, field

from motia_core.config.files import NAMES as CONFIG_FILES
from motia_core.steps.bell import Bell
from motia_core.steps.discovery import ROOTS, is_test, role_of, sendable, skipped, split
from motia_core.steps.registry import Snapshot

RESTART = frozenset(
    {".env", "package.json", "package-lock.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock", "tsconfig.json"}
    | {"pyproject.toml", "requirements.txt", "uv.lock", "poetry.lock", "Pipfile.lock"}
    | {"Gemfile", "Gemfile.lock", "gems.rb", "gems.locked", *CONFIG_FILES}
)
"""Files in the project folder after whose change new workers are needed."""

_SETTLE = 0.03
_FAST = 0.1
_SLOW = 1.0
# Looking costs about this many seconds per file, and may take this share of one processor.
_COST = 4e-6
_SHARE = 0.05

Stamp = tuple[int, int, int]


class Seen(Struct):
    """What a scan has found: each file's age, size and identity, and the folders looked into."""

    files: dict[str, Stamp] = field(default_factory=dict)
    folders: list[str] = field(default_factory=list)


class Change(Struct, frozen=True):
    """`files` were changed, added or removed; `restart` = swapping code in place is not enough."""

    files: frozenset[str]
    restart: bool = False


class Scope(Struct, frozen=True):
    """What to look at: `folders` right below the project, `extensions` of source files, and single `files` besides."""

    folders: frozenset[str]
    extensions: frozenset[str]
    files: frozenset[str]

    def covers(self, file: str) -> bool:
        """Whether a change of `file` matters."""
        folder, _, name = file.rpartition("/")
        if file in self.files:
            return True
        if folder and folder.partition("/")[0] not in self.folders:
            return False
        stem, extension = split(name)
        if is_test(stem):
            return False
        return role_of(stem) is not None or (bool(folder) and extension in self.extensions)


def scope_of(snapshot: Snapshot, restart: Collection[str] = RESTART) -> Scope:
    """Where steps live, plus whatever they have loaded from elsewhere in the project."""
    loaded = {file for files in snapshot.files.values() for file in files}
    folders = {root.partition("/")[0] for root in ROOTS} | {file.partition("/")[0] for file in loaded if "/" in file}
    extensions = {split(file)[1] for file in snapshot.files} - {""}
    return Scope(frozenset(folders), frozenset(extensions), frozenset({*snapshot.files, *loaded, *restart}))


class Watcher:
    """`current` gives the snapshot being served; `restart` are further files that need new workers."""

    def __init__(self, project: Path, current: Callable[[], Snapshot], *, restart: Collection[str] = ()) -> None:
        self._project = project
        self._current = current
        self._restart = RESTART | set(restart)
        self._bell = Bell(project)
        self._trusted = False

    async def changes(self) -> AsyncIterator[Change]:
        """Every change from the first call on, some milliseconds after the last file of it was written."""
        scope = self._scope()
        seen = await self._look(scope)
        try:
            while True:
                rang = await self._bell.wait(seen.folders, self._period(seen))
                before, scope = scope, self._scope()
                seen, files = await self._compare(seen, before, scope)
                if not files:
                    # Somebody else's file rings the bell: do not look more often than polling would.
                    await anyio.sleep(_rest(seen) if rang else 0)
                    continue
                self._trusted = rang
                more = files
                while more:
                    await anyio.sleep(_SETTLE)
                    seen, more = await self._compare(seen, scope, scope)
                    files |= more
                yield Change(frozenset(files), restart=any(file in self._restart for file in files))
        finally:
            self._bell.close()

    def _scope(self) -> Scope:
        return scope_of(self._current(), self._restart)

    def _period(self, seen: Seen) -> float:
        """Seconds until the next look without a notification: rare once notifications have proved to come."""
        return _SLOW if self._trusted else _rest(seen)

    async def _look(self, scope: Scope) -> Seen:
        return await anyio.to_thread.run_sync(scan, self._project, scope)

    async def _compare(self, seen: Seen, before: Scope, scope: Scope) -> tuple[Seen, set[str]]:
        now = await self._look(scope)
        return now, differences(seen.files, now.files, before, scope)


def _rest(seen: Seen) -> float:
    return min(_SLOW, max(_FAST, len(seen.files) * _COST / _SHARE))


def differences(seen: Mapping[str, Stamp], now: Mapping[str, Stamp], before: Scope, after: Scope) -> set[str]:
    """Files that came, went or changed. One that only entered or left the scope meanwhile is no change."""
    came = {file for file, stamp in now.items() if seen.get(file) != stamp and (file in seen or before.covers(file))}
    return came | {file for file in seen if file not in now and after.covers(file)}


def scan(project: Path, scope: Scope) -> Seen:
    """Everything in scope as it is now."""
    root = str(project)
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
                    if scope.covers(file):
                        _note(entry, file, seen.files)
                    elif not skipped(entry.name) and (folder or entry.name in scope.folders) and entry.is_dir():
                        waiting.append(file)
        except OSError:
            # It went away while we looked; the next scan sees it gone.
            continue
    return seen


def _note(entry: os.DirEntry[str], file: str, found: dict[str, Stamp]) -> None:
    try:
        status = entry.stat()
    except OSError:
        return
    found[file] = (status.st_mtime_ns, status.st_size, status.st_ino)
