"""The supervisors of a project, one per pool. Owns which languages run and what new workers are asked. Never starts a
language that has no files. Next: `exchange.py` swaps the code of those that run.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Literal

import anyio
import msgspec
from anyio.abc import TaskGroup

from motia_core import __version__
from motia_core.app.knowledge import Knowledge
from motia_core.clock import Clock
from motia_core.config import Config
from motia_core.errors import RuntimeMissing, StepUnavailable
from motia_core.model import Step
from motia_core.protocol.message import Message
from motia_core.protocol.messages import encode
from motia_core.protocol.requests import FileReport, Held, SourceError
from motia_core.workers.answers import CallHandler, LogSink
from motia_core.workers.languages import Runner
from motia_core.workers.launch import Site
from motia_core.workers.lifecycle import State
from motia_core.workers.pool import Pool
from motia_core.workers.status import PoolStatus
from motia_core.workers.supervisor import Supervisor
from motia_core.workers.worker import Worker

Mode = Literal["dev", "start", "test"]


class Fleet:
    """`on_call` and `on_log` are given to every worker. `on_described` is called when a new worker of a language has
    said of its files what was not known. `holding` gives the earlier loadings that still serve."""

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

    def _take(self, files: Mapping[str, Sequence[str]]) -> None:
        """Which files there are from now on."""
        for name in self.known.keys() | files.keys():
            names = list(files.get(name, ()))
            if name not in self.known:
                if not names:
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
        supervisor = Supervisor(
            runner,
            self._config.workers.pool(name),
            self._site,
            handler=self._on_call,
            log=self._on_log,
            clock=self._clock,
            prepare=partial(self._prepare, name),
            progress=self._progress,
        )
        self.supervisors[name] = supervisor
        await self._group.start(supervisor.run)

    async def _prepare(self, name: str, worker: Worker) -> None:
        """Every worker loads all files before it counts as ready; what the first says is kept."""
        known = self.known[name]
        begun = self._snapshot
        await known.restore(worker, begun)
        described = await known.ask(worker, begun, known.files)
        while begun != self._snapshot:  # saved meanwhile: what was just loaded may be old
            since, begun = begun, self._snapshot
            changed = [file for file, number in self._changed.items() if number > since]
            described = await known.ask(worker, begun, known.files, changed, retry=self.beyond_steps(name, changed))
        if known.outdated(described, begun):
            known.take(described, begun)
            if self._started:
                self.on_described((name,))
                await known.restore(worker, begun)  # what serves on now that files have been found broken

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
        supervisor = self.supervisors.get(step.runner)
        if supervisor is not None:
            return supervisor.pool
        runner = self.runners.get(step.runner)
        if runner is not None and runner.problem is not None:
            raise RuntimeMissing(runner.problem)
        raise StepUnavailable(f"{step.name}: no {step.runner} worker runs")

    async def ask(self, runner: str, method: str, params: Message, *, timeout: float = 30.0) -> msgspec.Raw:
        """One question to any worker of `runner`."""
        supervisor = self.supervisors.get(runner)
        if supervisor is None:
            raise StepUnavailable(f"no {runner} worker runs")
        worker = await supervisor.pool.acquire()
        try:
            return await worker.call(method, encode(params), timeout=timeout)
        finally:
            supervisor.pool.release(worker)

    def statuses(self) -> list[PoolStatus]:
        return [supervisor.status() for supervisor in self.supervisors.values()]

    async def stop(self, grace: float) -> None:
        """All pools at once."""
        async with anyio.create_task_group() as group:
            for supervisor in self.supervisors.values():
                group.start_soon(supervisor.stop, grace)

    def health(self) -> dict[str, str]:
        """Per language with files: `ready`, `starting`, `crash-looping`, or `missing` where no runtime is."""
        states = {status.runner: str(status.state) for status in self.statuses()}
        return {name: states.get(name, "missing") for name, known in self.known.items() if known.files}

    def unready(self) -> list[str]:
        """Why `/ready` says no: one reason per language that can run and has no ready worker."""
        return [
            f"no {status.name} worker is ready ({status.state})"
            for status in self.statuses()
            if self.known[status.name].files and not any(worker.state == State.READY.value for worker in status.workers)
        ]
