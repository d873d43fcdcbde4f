"""Builds the parts of an application from its configuration and wires them to one another. Starts nothing itself."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

from anyio.abc import TaskGroup

from motia_core.app.fleet import Fleet, Mode
from motia_core.app.parts import Parts
from motia_core.app.run_folder import make_spill_dir
from motia_core.clock import Clock
from motia_core.config.load import Loaded
from motia_core.dispatcher import Dispatcher
from motia_core.model import Delivery, LogRecord, Problem, Step
from motia_core.otlp.exporter import make as make_exporter
from motia_core.services.context import Services
from motia_core.services.logs import Logs
from motia_core.services.running import Running
from motia_core.services.table import Table
from motia_core.steps.discovery import Candidate, Found, discover
from motia_core.steps.registry import Definitions, Registry, Settings, build, settings_of
from motia_core.storage.open import open_storage
from motia_core.streams.access import Access, StreamAuth
from motia_core.streams.complaints import Complaints
from motia_core.streams.hub import Hub
from motia_core.streams.questions import Questions
from motia_core.traces.recorder import Recorder
from motia_core.triggers.cron import Cron
from motia_core.triggers.inputs import Inputs
from motia_core.triggers.notices import Notices
from motia_core.triggers.queue import Queue
from motia_core.workers.answers import LogSink
from motia_core.workers.languages import Runner, extensions, left_out, load_runners


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
        """Finds the files, starts the languages they need and serves what they hold. Raises ConfigError when streams
        would have no guard although they should."""
        fleet, access = self.parts.fleet, self.parts.access
        files = self.find()
        fleet.on_new = access.prepare
        if access.runner is not None:
            fleet.need(access.runner)
        await fleet.start(group, files)
        supervisor = fleet.supervisors.get(access.runner or "")
        access.check(supervisor.status().problem if supervisor is not None else "its language cannot run")
        self.swap(files)
        fleet.on_described = self.swap

    async def guard(self, loaded: Loaded) -> None:
        """The configuration says anew who may connect to the streams."""
        fleet, access = self.parts.fleet, self.parts.access
        access.use(stream_auth(loaded, fleet.runners))
        if access.runner is not None:
            fleet.need(access.runner)
            await fleet.ensure(access.runner)

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
        fleet.follow(snapshot.steps)
        parts.registry.swap(snapshot)


def stream_auth(loaded: Loaded, runners: Mapping[str, Runner]) -> StreamAuth | None:
    """Where the function stands that says who may connect. None = everybody may."""
    if loaded.authenticate is None or loaded.file is None:
        return None
    ending = Path(loaded.file).suffix
    runner = next(name for name, each in runners.items() if ending in each.languages)
    return StreamAuth(runner, loaded.file, loaded.authenticate)


async def build_parts(
    project: Path,
    mode: Mode,
    loaded: Loaded,
    *,
    run_dir: Path,
    clock: Clock,
    console: Callable[[LogRecord], None] | None,
) -> Built:
    """Opens the store and builds everything on it. Raises StoreError, ConfigError."""
    config = loaded.config
    storage = await open_storage(
        config.database.url, project, project / config.motia_dir, durability=config.durability, clock=clock
    )
    spill_dir = make_spill_dir(run_dir)
    registry, running = Registry(), Running()
    recorder = Recorder(
        storage.traces,
        config.traces,
        clock,
        level=config.log_level,
        console=console,
        redact=config.redact,
        replay=config.replay,
        keeps=mode == "dev" if config.replay.store is None else config.replay.store,
    )
    owner = clock.new_id()
    exporter, sampler, problems = make_exporter(os.environ, project.resolve().name, clock, owner)
    if exporter is not None:
        recorder.watchers.append(exporter.watch)
    for problem in problems:
        recorder.note("warn", f"OpenTelemetry: {problem}")
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
    limits = config.streams
    access = Access(
        Questions(fleet.pool_of, clock, at_once=limits.access_at_once, timeout=limits.access_timeout),
        registry,
        limits,
        Complaints(recorder.note, clock, open=mode != "start"),
        stream_auth(loaded, fleet.runners),
    )
    hub = Hub(
        storage=storage,
        registry=registry,
        access=access,
        knobs=limits,
        memory=config.http.send_memory,
        clock=clock,
        note=recorder.note,
    )
    dispatcher = Dispatcher(
        pools=fleet.pool,
        running=running,
        recorder=recorder,
        clock=clock,
        validation=config.validation,
        counts=services.counts,
        sampler=sampler,
    )

    recorder.underway = dispatcher.underway

    def warn(text: str, step: Step, delivery: Delivery) -> None:
        recorder.note("warn", text, traceId=delivery.trace_id, step=step.name)

    queue = Queue(
        store=storage.events,
        registry=registry,
        dispatcher=dispatcher,
        inputs=Inputs(config, warn),
        recorder=recorder,
        clock=clock,
        config=config,
        owner=owner,
        counts=services.counts,
        held_back=services.pauses,
    )
    notices = Notices(storage.notifier, queue.wake, owner)
    services.wake = notices.put
    cron = Cron(
        registry=registry,
        store=storage.events,
        clock=clock,
        config=config,
        log=recorder.note,
        wake=notices.put,
        held_back=services.pauses,
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
        access=access,
        hub=hub,
        dispatcher=dispatcher,
        queue=queue,
        notices=notices,
        cron=cron,
        sampler=sampler,
        exporter=exporter,
    )
    return Built(parts, settings_of(config), logs.take)
