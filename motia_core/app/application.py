"""One running application: builds every part, owns the task group, the order of start and the order of stop.

Start: store, recorder, workers and files, registry, queue and cron, listener last. Stop: refuse new work, let what runs
finish within the drain time, then workers, recorder, store. Nothing acknowledged is lost: what has not finished returns
to the queue.
"""

from __future__ import annotations

import gc
import importlib
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import anyio
from anyio.abc import TaskGroup

from motia_core.app.build import Built, build_parts
from motia_core.app.core_log import CoreLog
from motia_core.app.exporting import export, finish
from motia_core.app.gauges import watch_loop
from motia_core.app.housekeeping import keep_house
from motia_core.app.parts import Parts
from motia_core.app.reload import Change, Configure, Reloader
from motia_core.app.run_folder import (
    prepare_run_dir,
    remove_server_file,
    remove_spill_dir,
    write_server_file,
)
from motia_core.clock import Clock
from motia_core.config.load import Loaded
from motia_core.errors import StoreError
from motia_core.model import LogRecord, Problem
from motia_core.problems import gravity
from motia_core.services.queues import Queues
from motia_core.steps.registry import Snapshot

if TYPE_CHECKING:
    from motia_core.app.surface import Surface

_POLL = 0.02
# By then the workers have been spawned (s).
_SPAWNED = 0.02


class App:
    """`listen` opens ports, `consume` runs the queue and cron, `watch` reloads."""

    def __init__(
        self,
        project: Path,
        mode: Literal["dev", "start"],
        loaded: Loaded,
        *,
        console: Callable[[LogRecord], None] | None = None,
        listen: bool = True,
        consume: bool = True,
        watch: bool = False,
        configure: Configure | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._project = project
        self._mode = mode
        self._loaded = loaded
        self._config = loaded.config
        self._console = console
        self._listen = listen
        self._consume = consume
        self._watch = watch
        self._configure = configure
        self._clock = clock or Clock()
        self._stop_asked = anyio.Event()
        self._stop_now = anyio.Event()
        self._built: Built | None = None
        self._surface: Surface | None = None
        self._core_log: CoreLog | None = None
        self._server_file: Path | None = None
        self.on_change: Callable[[Change], None] = lambda change: None
        self.left_over = 0
        self.orphans: dict[str, int] = {}

    @property
    def parts(self) -> Parts:
        assert self._built is not None, "the application is not running"
        return self._built.parts

    @property
    def snapshot(self) -> Snapshot:
        return self.parts.registry.current

    @property
    def problems(self) -> tuple[Problem, ...]:
        return (*self._loaded.warnings, *self.snapshot.problems)

    @property
    def notes(self) -> tuple[Problem, ...]:
        """What reading the configuration found that is no fault, but explains how this server behaves."""
        return tuple(problem for problem in self._loaded.warnings if gravity(problem) == "info")

    @property
    def url(self) -> str:
        return self._surface.url if self._surface else ""

    @property
    def workbench_url(self) -> str:
        return self._surface.workbench_url if self._surface else ""

    @property
    def admin_token(self) -> str | None:
        """The token made for this run, to be shown once; None when the user set one or the surface needs none."""
        return self._surface.made_token if self._surface else None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[App]:
        """Serves inside the block; leaving it drains and stops."""
        async with anyio.create_task_group() as group:
            try:
                await self._start(group)
                yield self
            finally:
                with anyio.CancelScope(shield=True):
                    await self._stop()
                group.cancel_scope.cancel()

    def drain(self) -> None:
        """Ask for the orderly end."""
        self._stop_asked.set()

    def stop_now(self) -> None:
        """Ask for the end without waiting for what runs."""
        self._stop_asked.set()
        self._stop_now.set()

    async def stopped(self) -> None:
        """Returns when an end was asked for."""
        await self._stop_asked.wait()

    async def _start(self, group: TaskGroup) -> None:
        config, clock = self._config, self._clock
        began = time.time_ns()
        run_dir = prepare_run_dir(self._project / config.motia_dir)
        built = self._built = await build_parts(
            self._project, self._mode, self._loaded, run_dir=run_dir, clock=clock, console=self._console
        )
        parts = built.parts
        await group.start(parts.recorder.run)
        self._core_log = CoreLog(parts.recorder)
        self._core_log.attach()
        async with anyio.create_task_group() as booting:
            booting.start_soon(built.discover, group)
            if self._listen:
                await self._import_surface()
        if self._consume:
            await self._look_back(parts)
            await group.start(parts.services.pauses.run)
            await group.start(parts.queue.run)
            group.start_soon(parts.notices.run)
            group.start_soon(keep_house, parts, self._stop_asked.is_set)
            if config.cron.enabled:
                await group.start(parts.cron.run)
        group.start_soon(watch_loop, parts.services.counts, clock)
        if parts.exporter is not None:
            parts.exporter.start()
            group.start_soon(export, parts, parts.exporter)
        if self._listen:
            await group.start(parts.hub.run)
            token = secrets.token_urlsafe(24)
            from motia_core.app.surface import Surface

            self._surface = Surface(parts, self._loaded, token=token, draining=self._stop_asked.is_set)
            group.start_soon(self._surface.screens.run)
            host, port = await self._surface.start()
            self._server_file = write_server_file(
                run_dir, host=host, port=port, token=token, mode=self._mode, clock=clock
            )
        _settle_memory()
        if self._watch:
            reloader = Reloader(
                built, self._project, self._loaded, configure=self._configure, told=self._changed, since=began
            )
            group.start_soon(reloader.run)

    async def _import_surface(self) -> None:
        """The listener's packages take a tenth of a second to import: spent while the workers boot."""
        await anyio.sleep(_SPAWNED)
        importlib.import_module("motia_core.app.surface")

    def _changed(self, change: Change) -> None:
        self.on_change(change)

    async def _look_back(self, parts: Parts) -> None:
        """What an earlier run has left: to be delivered now, or, by step, for steps that are no more."""
        for row in await Queues(parts.storage.events, self.snapshot).waiting(now=self._clock.now_ms()):
            count = row.ready + row.delayed + row.running + row.blocked
            if row.state != "orphaned":
                self.left_over += count
            elif count:
                self.orphans[row.step] = count

    async def _stop(self) -> None:
        self._stop_asked.set()
        built, surface = self._built, self._surface
        if built is None:
            return
        parts = built.parts
        if self._server_file is not None:
            remove_server_file(self._server_file)
        if surface is not None:
            await surface.drain()
        parts.queue.drain()
        parts.cron.drain()
        with anyio.move_on_after(self._config.drain_timeout):
            while self._busy(parts) and not self._stop_now.is_set():  # noqa: ASYNC110
                await anyio.sleep(_POLL)
        if surface is not None:
            await surface.stop(0.5)
        await self._finish(parts)

    def _busy(self, parts: Parts) -> int:
        """What drain waits for: invocations, deliveries, answers."""
        return len(parts.running) + parts.queue.running + (self._surface.busy if self._surface is not None else 0)

    async def _finish(self, parts: Parts) -> None:
        grace = 0.2 if self._stop_now.is_set() else 2.0
        try:
            await parts.cron.stop()
            await parts.queue.stop()
        except StoreError as error:
            parts.recorder.note("error", f"unfinished deliveries return when their lease ends: {error.message}")
        await parts.fleet.stop(grace)
        if self._core_log is not None:
            self._core_log.detach()
        await parts.recorder.flush()
        if parts.exporter is not None:
            await finish(parts, parts.exporter, hurried=self._stop_now.is_set())
        parts.recorder.close()
        await parts.recorder.flush()
        await parts.storage.close()
        remove_spill_dir(parts.run_dir)


def _settle_memory() -> None:
    """What start-up made lives as long as the process: the collector need not look at it again, nor look often, since
    a request leaves no cycles behind."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
