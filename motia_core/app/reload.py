"""Reloads code when files change, under `motia dev`: invocations under way end on the code they began with.

A changed source file is swapped in place by the runners; a changed package list, `.env` or configuration replaces the
workers. A save that mends a step makes its waiting failures due at once.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from motia_core.app.build import Built
from motia_core.config.environment import apply_dotenv, read_dotenv
from motia_core.config.load import Loaded
from motia_core.errors import MotiaError
from motia_core.model import Problem
from motia_core.problems import gravity
from motia_core.steps.registry import Snapshot
from motia_core.steps.watch import Watcher

Told = Callable[[tuple[str, ...], float, tuple[Problem, ...]], None]


class Reloader:
    """`told` hears of each reload: the files, the seconds it took, the errors of the new code."""

    def __init__(self, built: Built, project: Path, loaded: Loaded, told: Told) -> None:
        self._built = built
        self._project = project
        self._loaded = loaded
        self._dotenv = loaded.dotenv
        self._told = told

    async def run(self) -> None:
        parts = self._built.parts
        watcher = Watcher(self._project, lambda: parts.registry.current, restart=self._loaded.files)
        async for change in watcher.changes():
            began = parts.clock.monotonic()
            before = parts.registry.current
            if ".env" in change.files:
                self._dotenv = apply_dotenv(read_dotenv(self._project), os.environ, self._dotenv)
            try:
                snapshot = await self._built.rediscover(sorted(change.files), replace=change.restart)
                await self._hurry(before, snapshot, change.files)
            except MotiaError as error:
                parts.recorder.note("error", f"the reload failed, the code before it serves on: {error.message}")
                continue
            errors = tuple(problem for problem in snapshot.problems if gravity(problem) == "error")
            self._told(tuple(sorted(change.files)), parts.clock.monotonic() - began, errors)

    async def _hurry(self, before: Snapshot, after: Snapshot, files: frozenset[str]) -> None:
        for step in after.steps:
            touched = step.file in files or files & set(after.files.get(step.file, ()))
            if touched and step.kind == "event":
                parts = self._built.parts
                if await parts.storage.events.hurry(step.name, now=parts.clock.now_ms()):
                    parts.queue.wake()
