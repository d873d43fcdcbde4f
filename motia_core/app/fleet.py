"""The supervisors of a project, one per pool. Owns which languages run and what new workers are asked. Never starts a
language that has no files. Next: `side_pools.py` has the pools that steps ask for, `exchange.py` swaps the code of
those that run.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Literal

import anyio
import msgspec
from anyio.abc import TaskGroup

from motia_core import __version__
from motia_core.app.knowledge import Knowledge
from motia_core.app.places import Place
from motia_core.app.side_pools import Side, SidePools
from motia_core.clock import Clock
from motia_core.config import Config
from motia_core.errors import RuntimeMissing, StepUnavailable
from motia_core.model import Step
from motia_core.protocol.requests import FileReport, Held, SourceError
from motia_core.workers.answers import CallHandler, LogSink
from motia_core.workers.languages import Runner
from motia_core.workers.launch import Site
from motia_core.workers.pool import Pool
from motia_core.workers.status import PoolStatus
from motia_core.workers.supervisor import Supervisor
from motia_core.workers.worker import Worker

Mode = Literal["dev", "start", "test"]


async def _nothing(runner: str, worker: Worker) -> None:
    """What a new worker needs besides its files."""


class Fleet:
    """`on_call` and `on_log` are given to every worker. `on_described` is called when a new worker of a language has
    said of its files what was not known. `holding` gives the earlier loadings that still serve. `on_new` is awaited for
    every new worker before it takes work."""

    def __init__(
        self,
        *,
        project: Path,
        mode: Mode,
        config: Config,
        runners: Mapping[str, Runner],
        run_dir: Path,
        on_call: CallHandler,
        on_log: LogSink,
        clock: Clock,
        progress: Callable[[str], None] | None = None,
    ) -> None:
        self.runners = runners
        self.supervisors: dict[str, Supervisor] = {}
        self.sides = SidePools(self._side, config.workers.cancel_grace)
        self._config = config
        self._site = Site(
            project=project,
            run_dir=run_dir,
            cache=project / config.motia_dir / "cache",
            mode=mode,
            version=__version__,
            wire=config.wire,
            cancel_grace=config.workers.cancel_grace,
        )
        self._on_call = on_call
        self._on_log = on_log
        self._clock = clock
        self._progress = progress
        self._group: TaskGroup | None = None
        self.known: dict[str, Knowledge] = {}
        self._snapshot = 1
        self._changed: dict[str, int] = {}
        self._started = False
        self._needed: set[str] = set()
        self.on_new: Callable[[str, Worker], Awaitable[None]] = _nothing
        self.on_described: Callable[[Collection[str]], None] = lambda names: None
        self.holding: Callable[[bool], Sequence[Held]] = lambda sources: ()

    @property
    def snapshot(self) -> int:
        """The number of the code that is newest."""
        return self._snapshot

    async def start(self, group: TaskGroup, files: Mapping[str, Sequence[str]]) -> None:
        """Returns when every language has a ready worker that has described its files, or has failed to."""
        self._group = group
        self._take(files)
        async with anyio.create_task_group() as starting:
            for runner in self.known:
                starting.start_soon(self.ensure, runner)
        self._started = True

    def need(self, name: str) -> None:
        """Runner `name` is to run although it may have no files; `ensure` starts it when the others have started."""
        self._needed.add(name)
        self._take({each: known.files for each, known in self.known.items()})

    def _take(self, files: Mapping[str, Sequence[str]]) -> None:
        """Which files there are from now on."""
        for name in self.known.keys() | files.keys() | self._needed:
            names = list(files.get(name, ()))
            if name not in self.known:
                if not names and name not in self._needed:
                    continue
                patience = self._config.workers.pool(name).load_timeout
                self.known[name] = Knowledge(patience, partial(self._held, name))
            self.known[name].files = names

    def _held(self, name: str, sources: bool) -> list[Held]:
        mine = set(self.known[name].since)
        return [one for one in self.holding(sources) if one.file in mine]

    async def ensure(self, name: str) -> None:
        """Starts the pool of runner `name` unless it runs or cannot."""
        runner = self.runners.get(name)
        if name in self.supervisors or runner is None or runner.problem is not None or self._group is None:
            return
        supervisor = self.supervisors[name] = self._supervisor(Place(name), self.known[name])
        await self._group.start(supervisor.run)

    def follow(self, steps: Iterable[Step]) -> None:
        """These steps are about to be served: what pools they ask for besides the runners' own."""
        if self._group is not None:
            self.sides.follow(steps, self._group)

    def _side(self, place: Place) -> Side | None:
        if place.runner not in self.supervisors:
            return None
        patience = self._config.workers.pool(place.runner).load_timeout
        known = Knowledge(patience, partial(self._held, place.runner))
        return Side(self._supervisor(place, known), known)

    def _supervisor(self, place: Place, known: Knowledge) -> Supervisor:
        settings = self._config.workers.named(place.runner, place.pool)
        return Supervisor(
            self.runners[place.runner],
            msgspec.structs.replace(settings, max_in_flight=1) if place.fresh else settings,
            self._site,
            handler=self._on_call,
            log=self._on_log,
            clock=self._clock,
            prepare=partial(self._prepare, place, known),
            progress=self._progress,
            name=place.name,
            fresh=place.fresh,
        )

    async def _prepare(self, place: Place, known: Knowledge, worker: Worker) -> None:
        """Every worker loads all files it may run before it counts as ready; what the first of the runner's own says is
        served."""
        name, own = place.runner, known is self.known[place.runner]
        if own:
            await self.on_new(name, worker)
        begun = self._snapshot
        await known.restore(worker, begun)
        described = await known.ask(worker, begun, known.files)
        while True:
            while begun != self._snapshot:  # saved meanwhile: what was just loaded may be old
                since, begun = begun, self._snapshot
                changed = [file for file, number in self._changed.items() if number > since]
                described = await known.ask(worker, begun, known.files, changed, retry=self.beyond_steps(name, changed))
            if known.outdated(described, begun):
                known.take(described, begun)
                if own and self._started:
                    self.on_described((name,))
                    await known.restore(worker, begun)  # what serves on now that files have been found broken
            if begun == self._snapshot:
                return

    def beyond_steps(self, name: str, changed: Collection[str]) -> bool:
        """Whether something has changed that is no step file, and no file of other languages only: files of runner
        `name` that needed it may be mended."""
        steps = {file for known in self.known.values() for file in known.files}
        foreign = {ending for runner in self.runners.values() for ending in runner.languages}
        foreign -= self.runners[name].languages.keys()
        return any(file not in steps and Path(file).suffix not in foreign for file in changed)

    def reports(self) -> dict[str, list[FileReport]]:
        """What each runner said of its files; files of a language that cannot run carry the reason."""
        found: dict[str, list[FileReport]] = {}
        for name, known in self.known.items():
            said = known.reports
            found[name] = said if said is not None else [self._unavailable(name, file) for file in known.files]
        return found

    def since(self) -> dict[str, int]:
        """The snapshot in which each file was last loaded."""
        return {file: number for known in self.known.values() for file, number in known.since.items()}

    def _unavailable(self, name: str, file: str) -> FileReport:
        runner = self.runners.get(name)
        problem = runner.problem if runner is not None else f"no runner is called {name}"
        if problem is not None:
            return FileReport(file=file, error=SourceError(code="runtime_missing", message=problem))
        supervisor = self.supervisors.get(name)
        why = supervisor.status().problem if supervisor is not None else None
        text = f"no {name} worker could be started: {why or 'see the log'}"
        return FileReport(file=file, error=SourceError(code="not_described", message=text))

    def advance(self, files: Mapping[str, Sequence[str]] | None = None, changed: Collection[str] = ()) -> int:
        """From now on there is newer code: the number of its snapshot. None = the files are the same."""
        self._snapshot += 1
        self._changed.update(dict.fromkeys(changed, self._snapshot))
        if files is not None:
            self._take(files)
        return self._snapshot

    def pool(self, step: Step) -> Pool:
        """Where `step` runs. Raises RuntimeMissing, StepUnavailable."""
        own = self.pool_of(step.runner)
        handler = step.handler
        return own if handler.pool is None and not handler.fresh else self.sides.pool(step)

    def pool_of(self, name: str) -> Pool:
        """The own pool of runner `name`. Raises RuntimeMissing, StepUnavailable."""
        supervisor = self.supervisors.get(name)
        if supervisor is not None:
            return supervisor.pool
        runner = self.runners.get(name)
        if runner is not None and runner.problem is not None:
            raise RuntimeMissing(runner.problem)
        raise StepUnavailable(f"no {name} worker runs")

    def statuses(self) -> list[PoolStatus]:
        return [supervisor.status() for supervisor in (*self.supervisors.values(), *self.sides)]

    async def stop(self, grace: float) -> None:
        """All pools at once."""
        async with anyio.create_task_group() as group:
            group.start_soon(self.sides.stop, grace)
            for supervisor in self.supervisors.values():
                group.start_soon(supervisor.stop, grace)

    def wanted(self) -> list[str]:
        """The languages that have files, or are needed without."""
        return [name for name, known in self.known.items() if known.files or name in self._needed]
