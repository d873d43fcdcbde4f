"""Reloads code when files change, under `motia dev`: invocations under way end on the code they began with.

A changed source file is swapped in place by the runners; installed packages, `.env` and the configuration replace
workers. What is broken serves on as it was. A save that mends a step makes its waiting failures due at once.
"""

from __future__ import annotations

import os
import time
from collections.abc import Awaitable, Callable
from fnmatch import fnmatchcase
from glob import escape
from pathlib import Path

import anyio
import msgspec
from msgspec import Struct

from motia_core.app.build import Built
from motia_core.app.exchange import Exchange
from motia_core.app.keepsakes import Keepsakes
from motia_core.config.environment import apply_dotenv, read_dotenv
from motia_core.config.files import NAMES as CONFIG_FILES
from motia_core.config.load import Loaded
from motia_core.config.merge import leaves
from motia_core.errors import MotiaError
from motia_core.model import Problem, Step
from motia_core.problems import gravity
from motia_core.protocol.requests import Held
from motia_core.steps.registry import Snapshot, settings_of
from motia_core.steps.scope import scope_of
from motia_core.steps.watch import Look, Watcher
from motia_core.workers.languages import Runner, extensions, left_out

DOTENV = ".env"
LIVE = ("routes", "onFailure", "queue.maxRetries")
"""Settings that a saved configuration changes while the server runs."""


class Change(Struct, frozen=True, kw_only=True):
    """A reload, for the console. `took` in seconds; `problems` are the errors of the new code, `serving` those of
    files whose last good version serves on, `mended` files that were broken before; `notes` say what else to know."""

    files: tuple[str, ...]
    took: float
    problems: tuple[Problem, ...] = ()
    serving: tuple[Problem, ...] = ()
    mended: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


Configure = Callable[[], Awaitable[Loaded]]
"""Loads the configuration anew. Raises ConfigError."""


class Reloader:
    """`told` hears of each reload. Files that were written after `since` (ns) are loaded again at the start."""

    def __init__(
        self,
        built: Built,
        project: Path,
        loaded: Loaded,
        *,
        configure: Configure | None,
        told: Callable[[Change], None],
        since: int,
    ) -> None:
        self._built = built
        self._project = project
        self._loaded = loaded
        self._configure = configure
        self._dotenv = loaded.dotenv
        self._told = told
        self._since = since
        self._keepsakes = Keepsakes(project)
        self._keepsakes.before(built.parts.fleet.snapshot, since)
        self._exchange = Exchange(built.parts.fleet, built.log)
        built.parts.fleet.holding = self._held
        self._began = time.monotonic()
        self._seen = built.parts.registry.current
        self._news = anyio.Event()
        self._turn = anyio.Lock()
        built.parts.registry.on_change(lambda snapshot: self._news.set())

    async def run(self) -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(self._follow)
            await self._watch()

    async def _watch(self) -> None:
        watch = self._loaded.config.watch
        watcher = Watcher(self._project, self._look, period=watch.period, events=watch.events, since=self._since)
        await self._keep()
        async for paths in watcher.changes():
            async with self._turn:
                self._began = time.monotonic()
                try:
                    notes = await self._reload(paths)
                except MotiaError as error:
                    text = f"the reload failed, the code before it serves on: {error.message}"
                    self._built.parts.recorder.note("error", text)
                    self._seen = self._current
                    continue
                finally:
                    await self._keep()
                await self._conclude(paths, notes)

    async def _follow(self) -> None:
        """What new workers find out between reloads: files that are whole or broken, though nobody has saved them."""
        while True:
            await self._news.wait()
            async with self._turn:
                self._news = anyio.Event()
                await self._keep()
                before, after = ({one.file for one in each.broken} for each in (self._seen, self._current))
                if before != after:
                    await self._conclude(frozenset(before ^ after), [])

    @property
    def _current(self) -> Snapshot:
        return self._built.parts.registry.current

    async def _conclude(self, paths: frozenset[str], notes: list[str]) -> None:
        """Tells what is served since the last time, and lets what waited for it go on."""
        before, self._seen = self._seen, self._current
        self._tell(paths, time.monotonic() - self._began, before, notes)
        await self._hurry(before, paths)

    async def _reload(self, paths: frozenset[str]) -> list[str]:
        fleet = self._built.parts.fleet
        number = fleet.snapshot
        # The replacement of workers, too, makes a snapshot of its own.
        for ahead in (1, 2):
            self._keepsakes.before(number + ahead, time.time_ns())
        notes: list[str] = []
        settings = paths & {DOTENV, *CONFIG_FILES, *self._loaded.files}
        if settings:
            notes += await self._settings(settings)
        usable = self._built.complaint is None or not settings
        names = [name for name in fleet.runners if usable and self._is_outdated(name, paths)]
        await self._exchange.reload(self._built.find(), sorted(paths), self._built.swap)
        if names:
            await self._exchange.replace(names)
            self._built.swap(names)
        if usable and not paths.isdisjoint({*CONFIG_FILES, *self._loaded.files} - {DOTENV}):
            await self._built.guard(self._loaded)
        return notes + self._hints(paths)

    async def _settings(self, paths: frozenset[str]) -> list[str]:
        """Reads `.env` and the configuration anew. What cannot be used leaves everything as it was."""
        built = self._built
        try:
            if DOTENV in paths:
                self._dotenv = apply_dotenv(read_dotenv(self._project), os.environ, self._dotenv)
            if self._configure is None:
                return []
            loaded = await self._configure()
        except MotiaError as error:
            file = min(paths - {DOTENV}, default=DOTENV)
            built.complaint = Problem(code="bad_config", message=error.message, file=file, hint=error.hint)
            return ["the last good configuration serves on"]
        before, self._loaded = self._loaded, loaded
        built.complaint = None
        built.settings = settings_of(loaded.config)
        changed = _changed(before, loaded)
        late = [key for key in changed if not key.startswith(LIVE)]
        return [f"restart motia dev to apply {', '.join(late)}"] if late else []

    def _is_outdated(self, name: str, paths: frozenset[str]) -> bool:
        """Whether workers of a language must make room for new ones. A configuration that is a program may have run in
        them."""
        runner = self._built.parts.fleet.runners[name]
        programs = {file for file in paths & {*self._loaded.files} if Path(file).suffix in runner.languages}
        return bool(programs) or not paths.isdisjoint({DOTENV, *runner.restart}) or self._installed(runner, paths)

    def _installed(self, runner: Runner, paths: frozenset[str]) -> bool:
        """Whether packages of the project were installed or removed."""
        patterns = [f"{escape(str(self._project))}/{one}" if one[0] != "/" else one for one in runner.installed]
        return any(fnmatchcase(path, pattern) for path in paths for pattern in patterns)

    def _hints(self, paths: frozenset[str]) -> list[str]:
        """How to install packages, where a list of them changed and they did not."""
        fleet = self._built.parts.fleet
        hints = []
        for name, known in fleet.known.items():
            runner = fleet.runners[name]
            listed = [file for file in runner.reinstall if file in paths]
            if not known.files or not listed or self._installed(runner, paths):
                continue
            how = next(
                how for file, how in runner.reinstall.items() if (self._project / file).exists() or file in listed
            )
            hints.append(f"{', '.join(listed)}: run {how} if packages changed; they are loaded when they are installed")
        return hints

    def _look(self) -> Look:
        fleet = self._built.parts.fleet
        used = [runner for name, runner in fleet.runners.items() if name in fleet.known]
        files = {DOTENV, *CONFIG_FILES, *self._loaded.files}
        for runner in used:
            files.update(runner.restart, runner.reinstall)
        scope = scope_of(
            self._built.parts.registry.current,
            files,
            left_out(fleet.runners),
            [frozenset(each) for each in extensions(fleet.runners).values()],
        )
        return Look(scope, tuple(pattern for runner in used for pattern in runner.installed))

    def _held(self, sources: bool) -> list[Held]:
        parts = self._built.parts
        return self._keepsakes.held(parts.registry.current, parts.fleet.since(), sources=sources)

    async def _keep(self) -> None:
        parts = self._built.parts
        with anyio.CancelScope(shield=True):
            await self._keepsakes.after(parts.registry.current, parts.fleet.since())

    def _tell(self, paths: frozenset[str], took: float, before: Snapshot, notes: list[str]) -> None:
        after = self._built.parts.registry.current
        known = set(before.problems)

        def fresh(problem: Problem) -> bool:
            return gravity(problem) == "error" and (problem not in known or problem.file in paths)

        self._told(
            Change(
                files=tuple(sorted(self._short(path) for path in paths)),
                took=took,
                problems=tuple(dict.fromkeys(problem for problem in after.problems if fresh(problem))),
                serving=tuple(dict.fromkeys(one.problem for one in after.broken if one.serving)),
                mended=tuple(
                    sorted(
                        {one.file for one in before.broken} & after.files.keys() - {one.file for one in after.broken}
                    )
                ),
                notes=tuple(notes),
            )
        )

    async def _hurry(self, before: Snapshot, paths: frozenset[str]) -> None:
        parts = self._built.parts
        after = parts.registry.current
        suspects = paths | {one.file for one in before.broken}

        async def hurry(step: Step) -> None:
            await parts.storage.events.hurry(step.name, now=parts.clock.now_ms())
            parts.queue.resume(step.name)

        async with anyio.create_task_group() as group:
            for step in after.steps:
                if step.kind == "event" and not suspects.isdisjoint((step.file, *after.files.get(step.file, ()))):
                    group.start_soon(hurry, step)

    def _short(self, path: str) -> str:
        return path.removeprefix(f"{self._project}/")


def _changed(before: Loaded, after: Loaded) -> list[str]:
    """Dotted keys of the settings that differ."""
    old, new = (leaves(msgspec.to_builtins(one.config, str_keys=True)) for one in (before, after))
    return sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))
