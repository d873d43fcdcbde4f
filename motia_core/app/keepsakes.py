"""Keeps the texts that served steps were loaded from, so that a new worker can load what a broken file held before.

A text is kept only when it cannot have changed since the workers read it. Runs nothing and decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import anyio

from motia_core.protocol.requests import Held
from motia_core.steps.registry import Snapshot

_MARGIN_NS = 20_000_000
"""File systems stamp by a coarse clock."""
_LARGEST = 1024 * 1024

Version = tuple[str, int]
"""A step file and the snapshot in which it was loaded."""


class Keepsakes:
    """Of one project. `before` a snapshot is loaded, `after` it is served."""

    def __init__(self, project: Path) -> None:
        self._project = project
        self._sources: dict[Version, dict[str, str]] = {}
        self._texts: dict[str, tuple[tuple[int, int], str]] = {}
        self._began: dict[int, int] = {}

    def before(self, number: int, began: int) -> None:
        """Files are loaded for snapshot `number` from `began` (ns) on: what is written later is not what it holds."""
        self._began[number] = began - _MARGIN_NS

    async def after(self, snapshot: Snapshot, since: Mapping[str, int]) -> None:
        """Reads the texts of what is newly served, forgets those of what is served no more."""
        served = _versions(snapshot)
        wanted = [one for one in served - self._sources.keys() if since.get(one[0]) == one[1] and one[1] in self._began]
        files = {one: (one[0], *snapshot.files.get(one[0], ())) for one in wanted}
        for gone in self._sources.keys() - served:
            del self._sources[gone]
        if files:
            self._sources |= await anyio.to_thread.run_sync(self._read_all, files)
        numbers = {number for _, number in served}
        last = max(self._began, default=0) - 1  # a new worker may yet find out that a file of these is whole
        self._began = {number: began for number, began in self._began.items() if number in numbers or number >= last}
        needed = {path for sources in self._sources.values() for path in sources}
        self._texts = {path: kept for path, kept in self._texts.items() if path in needed}

    def held(self, snapshot: Snapshot, since: Mapping[str, int], *, sources: bool) -> list[Held]:
        """The earlier loadings that serve because a newer one is broken."""
        broken = {one.file for one in snapshot.broken if one.serving}
        versions = sorted(one for one in _versions(snapshot) if one[0] in broken and since.get(one[0]) != one[1])
        return [
            Held(file=file, snapshot=number, sources=self._sources.get((file, number)) if sources else None)
            for file, number in versions
        ]

    def _read_all(self, files: Mapping[Version, tuple[str, ...]]) -> dict[Version, dict[str, str]]:
        found = {}
        for version, paths in files.items():
            texts = {path: text for path in paths if (text := self._read(path, self._began[version[1]])) is not None}
            if len(texts) == len(paths):
                found[version] = texts
        return found

    def _read(self, path: str, began: int) -> str | None:
        place = self._project / path
        try:
            status = place.stat()
            if status.st_size > _LARGEST or max(status.st_mtime_ns, status.st_ctime_ns) > began:
                return None
            stamp = (status.st_mtime_ns, status.st_ino)
            known = self._texts.get(path)
            if known is None or known[0] != stamp:
                # Line ends as they are.
                known = self._texts[path] = (stamp, place.read_bytes().decode())
        except (OSError, UnicodeDecodeError):
            return None
        return known[1]


def _versions(snapshot: Snapshot) -> set[Version]:
    steps = {(step.file, step.snapshot) for step in snapshot.steps}
    return steps | {(stream.file, stream.snapshot) for stream in snapshot.streams.values()}
