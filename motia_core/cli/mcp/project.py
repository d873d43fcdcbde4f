"""The project that `motia mcp` tells of: what was read of its files last, and the ways to its database and its server.

Everything is read anew when a file that may decide it has changed.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread

from motia_core.cli.client import Client, ServerFile, read_server_file
from motia_core.cli.project import configuration, storage
from motia_core.steps.registry import Snapshot

if TYPE_CHECKING:
    from motia_core.config.load import Loaded
    from motia_core.storage.base import Storage

_UNWATCHED = {"node_modules", "python_modules", "site-packages", "venv", "vendor", "__pycache__"}
_MOST_FILES = 20_000
_DECIDING = (
    ".ts",
    ".mts",
    ".cts",
    ".tsx",
    ".js",
    ".mjs",
    ".cjs",
    ".jsx",
    ".py",
    ".rb",
    ".json",
    ".toml",
    ".yml",
    ".yaml",
)


class Project:
    """The folder, what was read of it last, and the ways to its database and its server. `port`: of a server that left
    no word in the folder."""

    def __init__(self, path: Path, port: int | None = None) -> None:
        self.path = path
        self._port = port
        self._lock = anyio.Lock()
        self._state: object = None
        self._snapshot: Snapshot | None = None
        self._configs: dict[str, Loaded] = {}

    async def snapshot(self) -> Snapshot:
        """All steps, as the files are now."""
        from motia_core.app.examine import examine

        async with self._lock:
            await self._look()
            if self._snapshot is None:
                self._snapshot = (await examine(self.path, await self._loaded("dev"))).snapshot
            return self._snapshot

    async def server(self) -> ServerFile | None:
        async with self._lock:
            await self._look()
            return read_server_file(self.path / (await self._loaded("dev")).config.motia_dir)

    async def client(self) -> Client:
        """Raises ServerUnreachable, which says how to start one."""
        return Client(await self.server(), port=self._port)

    @asynccontextmanager
    async def storage(self) -> AsyncIterator[Storage]:
        """The database, of the mode in which a server runs."""
        server = await self.server()
        async with self._lock:
            loaded = await self._loaded(server.mode if server is not None else "dev")
        async with storage(self.path, loaded) as store:
            yield store

    async def _loaded(self, mode: str) -> Loaded:
        if mode not in self._configs:
            self._configs[mode] = await configuration(self.path, mode)
        return self._configs[mode]

    async def _look(self) -> None:
        state = await anyio.to_thread.run_sync(lambda: tuple(_stamps(self.path)))
        if state != self._state:
            self._state, self._snapshot, self._configs = state, None, {}


def _stamps(project: Path) -> Iterator[tuple[str, int, int]]:
    """Name, time and size of every file that may decide what the project is."""
    count = 0
    for folder, names, files in os.walk(project):
        names[:] = sorted(name for name in names if not name.startswith(".") and name not in _UNWATCHED)
        for name in sorted(files):
            if name != ".env" and (name.startswith(".") or not name.endswith(_DECIDING)):
                continue
            try:
                found = (Path(folder) / name).stat()
            except OSError:
                continue
            yield f"{folder}/{name}", found.st_mtime_ns, found.st_size
            count += 1
            if count >= _MOST_FILES:
                return
