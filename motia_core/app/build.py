"""Builds the parts of an application from its configuration and wires them to one another. Starts nothing itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from anyio.abc import TaskGroup

from motia_core.app.fleet import Fleet, Mode
from motia_core.app.parts import Parts
from motia_core.app.run_folder import make_spill_dir
from motia_core.clock import Clock
from motia_core.config import Config
from motia_core.dispatcher import Dispatcher
from motia_core.model import Delivery, LogRecord, Step
from motia_core.services.context import Services
from motia_core.services.logs import Logs
from motia_core.services.running import Running
from motia_core.services.table import Table
from motia_core.steps.discovery import Candidate, Found, discover
from motia_core.steps.registry import Registry, Settings, Snapshot, build
from motia_core.storage.open import open_storage
from motia_core.traces.recorder import Recorder
from motia_core.triggers.cron import Cron
from motia_core.triggers.failures import Failures
from motia_core.triggers.inputs import Inputs
from motia_core.triggers.queue import Queue
from motia_core.workers.languages import load_runners

DELIVERIES = "deliveries"


class Built:
    """The parts, and what happens to them when files are read anew."""

    def __init__(self, parts: Parts, settings: Settings) -> None:
        self.parts = parts
        self._settings = settings

    async def discover(self, group: TaskGroup) -> None:
        """Finds the files, starts the languages they need and serves what they hold."""
        parts = self.parts
        found = discover(parts.project, self._languages())
        await parts.fleet.start(group, _by_runner(found.candidates))
        self._swap(found)
        parts.fleet.on_described = self._come_up

    def _come_up(self) -> None:
        self._swap(discover(self.parts.project, self._languages()))

    async def rediscover(self, changed: list[str], *, replace: bool) -> Snapshot:
        """After files changed: the new snapshot, served."""
        parts = self.parts
        found = discover(parts.project, self._languages())
        await parts.fleet.reload(_by_runner(found.candidates), changed, replace=replace)
        return self._swap(found)

    def _swap(self, found: Found) -> Snapshot:
        parts = self.parts
        reports = [report for each in parts.fleet.reports().values() for report in each]
        snapshot = build(
            found.candidates,
            reports,
            number=parts.fleet.snapshot,
            settings=self._settings,
            previous=parts.registry.current,
            problems=found.problems,
        )
        parts.registry.swap(snapshot)
        return snapshot

    def _languages(self) -> dict[str, dict[str, str]]:
        return {name: runner.languages for name, runner in self.parts.fleet.runners.items()}

    async def listen_for_others(self) -> None:
        """Other servers on this store tell of new deliveries; a missed word costs one poll."""
        async for channel, _ in self.parts.storage.notifier.listen():
            if channel == DELIVERIES:
                self.parts.queue.wake()


async def build_parts(
    project: Path,
    mode: Mode,
    config: Config,
    *,
    run_dir: Path,
    clock: Clock,
    console: Callable[[LogRecord], None] | None,
) -> Built:
    """Opens the store and builds everything on it. Raises StoreError, ConfigError."""
    storage = await open_storage(
        config.database.url, project, project / config.motia_dir, durability=config.durability, clock=clock
    )
    spill_dir = make_spill_dir(run_dir)
    registry, running = Registry(), Running()
    recorder = Recorder(storage.traces, config.traces, clock, level=config.log_level, console=console)
    services = Services(
        config=config,
        storage=storage,
        registry=registry,
        running=running,
        recorder=recorder,
        clock=clock,
        run_dir=spill_dir,
    )
    fleet = Fleet(
        project=project,
        mode=mode,
        config=config,
        runners=load_runners(None, project),
        run_dir=spill_dir,
        on_call=Table(services).answer,
        on_log=Logs(running, recorder, clock).take,
        clock=clock,
        progress=partial(recorder.note, "info"),
    )
    dispatcher = Dispatcher(
        pools=fleet.pool,
        running=running,
        recorder=recorder,
        clock=clock,
        snapshot=lambda: fleet.snapshot,
        validation=config.validation,
    )

    def warn(text: str, step: Step, delivery: Delivery) -> None:
        recorder.note("warn", text, traceId=delivery.trace_id, step=step.name)

    owner = clock.new_id()
    queue = Queue(
        store=storage.events,
        registry=registry,
        dispatcher=dispatcher,
        inputs=Inputs(config, warn),
        recorder=recorder,
        clock=clock,
        config=config,
        owner=owner,
    )
    services.wake = queue.wake
    failures = Failures(storage.events, registry, clock, backlog=config.queue.backlog, wake=queue.wake)
    cron = Cron(
        registry=registry,
        dispatcher=dispatcher,
        leases=storage.leases,
        clock=clock,
        config=config,
        log=recorder.note,
        tell=failures.of_cron,
    )
    parts = Parts(
        config=config,
        mode=mode,
        project=project,
        run_dir=spill_dir,
        clock=clock,
        storage=storage,
        registry=registry,
        recorder=recorder,
        running=running,
        services=services,
        fleet=fleet,
        dispatcher=dispatcher,
        queue=queue,
        cron=cron,
    )
    settings = Settings(
        max_retries=config.queue.max_retries,
        timezone=config.cron.timezone,
        on_failure=config.on_failure,
        routes=config.routes,
    )
    return Built(parts, settings)


def _by_runner(candidates: tuple[Candidate, ...]) -> dict[str, list[str]]:
    files: dict[str, list[str]] = {}
    for candidate in candidates:
        files.setdefault(candidate.runner, []).append(candidate.file)
    return files
