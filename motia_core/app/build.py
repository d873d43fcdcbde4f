"""Builds the parts of an application from its configuration and wires them to one another. Starts nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from anyio.abc import TaskGroup

from motia_core.app.fleet import Fleet, Mode
from motia_core.app.parts import Parts
from motia_core.app.run_folder import make_spill_dir
from motia_core.clock import Clock
from motia_core.config import Config
from motia_core.dispatcher import Dispatcher
from motia_core.model import Delivery, LogRecord, Problem, Step
from motia_core.services.context import Services
from motia_core.services.logs import Logs
from motia_core.services.running import Running
from motia_core.services.table import Table
from motia_core.steps.discovery import Candidate, Found, discover
from motia_core.steps.registry import Definitions, Registry, Settings, build, settings_of
from motia_core.storage.open import open_storage
from motia_core.traces.recorder import Recorder
from motia_core.triggers.cron import Cron
from motia_core.triggers.failures import Failures
from motia_core.triggers.inputs import Inputs
from motia_core.triggers.queue import Queue
from motia_core.workers.answers import LogSink
from motia_core.workers.languages import extensions, left_out, load_runners

DELIVERIES = "deliveries"


class Built:
    """The parts, and what happens to them when files are read anew. `log` takes what workers say; `complaint` is what
    is wrong with a configuration that was saved and is not in force."""

    def __init__(self, parts: Parts, settings: Settings, log: LogSink) -> None:
        self.parts = parts
        self.settings = settings
        self.log = log
        self.complaint: Problem | None = None
        self._found = Found(())
        self._candidates: dict[str, tuple[Candidate, ...]] = {}
        self._definitions = Definitions()

    async def discover(self, group: TaskGroup) -> None:
        """Finds the files, starts the languages they need and serves what they hold."""
        fleet = self.parts.fleet
        files = self.find()
        await fleet.start(group, files)
        self.swap(files)
        fleet.on_described = self.swap

    def find(self) -> dict[str, list[str]]:
        """The files there are now, by runner."""
        runners = self.parts.fleet.runners
        self._found = discover(self.parts.project, extensions(runners), left_out(runners))
        files: dict[str, list[str]] = {}
        for candidate in self._found.candidates:
            files.setdefault(candidate.runner, []).append(candidate.file)
        return files

    def swap(self, names: Iterable[str]) -> None:
        """Serves what is known of the files. Which files there are is seen anew for the runners `names`: those that
        have not told what is in new ones go on with the old ones."""
        parts, fleet = self.parts, self.parts.fleet
        for name in names:
            self._candidates[name] = tuple(one for one in self._found.candidates if one.runner == name)
        snapshot = build(
            [candidate for each in self._candidates.values() for candidate in each],
            [report for each in fleet.reports().values() for report in each],
            number=fleet.snapshot,
            since=fleet.since(),
            settings=self.settings,
            previous=parts.registry.current,
            problems=(*self._found.problems, *([self.complaint] if self.complaint else [])),
            definitions=self._definitions,
        )
        parts.registry.swap(snapshot)

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
    logs = Logs(running, recorder, clock)
    fleet = Fleet(
        project=project,
        mode=mode,
        config=config,
        runners=load_runners(None, project),
        run_dir=spill_dir,
        on_call=Table(services).answer,
        on_log=logs.take,
        clock=clock,
        progress=partial(recorder.note, "info"),
    )
    dispatcher = Dispatcher(
        pools=fleet.pool,
        running=running,
        recorder=recorder,
        clock=clock,
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
    return Built(parts, settings_of(config), logs.take)
