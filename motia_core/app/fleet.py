"""The supervisors of a project, one per pool, and what their runners say the project's files hold.

Owns which languages run, the description of files by the first ready worker, and the exchange of code on reload. Never
starts a language that has no files: a Python-only project needs no Node.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Literal

import anyio
import msgspec
from anyio.abc import TaskGroup

from motia_core import __version__
from motia_core.clock import Clock
from motia_core.config import Config
from motia_core.errors import MotiaError, RuntimeMissing, StepUnavailable
from motia_core.model import Step
from motia_core.protocol.calls import Log
from motia_core.protocol.message import Message
from motia_core.protocol.messages import encode
from motia_core.protocol.requests import Describe, Described, FileReport, SourceError
from motia_core.workers.answers import CallHandler, LogSink, RunnerError
from motia_core.workers.languages import Runner
from motia_core.workers.launch import Site
from motia_core.workers.lifecycle import State
from motia_core.workers.pool import Pool
from motia_core.workers.status import PoolStatus
from motia_core.workers.supervisor import Supervisor
from motia_core.workers.worker import Worker

Mode = Literal["dev", "start", "test"]

_DESCRIBE_TIMEOUT = 120.0


class Fleet:
    """`on_call` and `on_log` are given to every worker. `on_described` is called when a language that could not start
    has come up after all: its files are known from then on."""

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
        self._files: dict[str, list[str]] = {}
        self._reports: dict[str, list[FileReport]] = {}
        self._snapshot = 1
        self._changed: dict[str, int] = {}
        self._started = False
        self.on_described: Callable[[], None] = lambda: None

    @property
    def snapshot(self) -> int:
        """The number new invocations run on."""
        return self._snapshot

    async def start(self, group: TaskGroup, files: Mapping[str, Sequence[str]]) -> None:
        """Returns when every language has a ready worker that has described its files, or has failed to."""
        self._group = group
        self._files = {runner: list(names) for runner, names in files.items() if names}
        async with anyio.create_task_group() as starting:
            for runner in self._files:
                starting.start_soon(self._ensure, runner)
        self._started = True

    async def _ensure(self, name: str) -> None:
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
        begun = self._snapshot
        described = await self._describe(worker, self._files.get(name, []), [])
        while begun != self._snapshot:  # saved meanwhile: what was just loaded may be old
            since, begun = begun, self._snapshot
            changed = [file for file, number in self._changed.items() if number > since]
            described = await self._describe(worker, self._files.get(name, []), changed)
        if name not in self._reports:
            self._reports[name] = described
            if self._started:
                self.on_described()

    async def _describe(self, worker: Worker, files: list[str], changed: list[str]) -> list[FileReport]:
        params = encode(Describe(snapshot=self._snapshot, files=files, changed=changed))
        raw = await worker.call("step.describe", params, timeout=_DESCRIBE_TIMEOUT)
        return msgspec.json.decode(raw, type=Described).files

    def reports(self) -> dict[str, list[FileReport]]:
        """What each runner said of its files; files of a language that cannot run carry the reason."""
        found: dict[str, list[FileReport]] = {}
        for name, files in self._files.items():
            known = self._reports.get(name)
            found[name] = known if known is not None else [self._unavailable(name, file) for file in files]
        return found

    def _unavailable(self, name: str, file: str) -> FileReport:
        runner = self.runners.get(name)
        problem = runner.problem if runner is not None else f"no runner is called {name}"
        if problem is not None:
            return FileReport(file=file, error=SourceError(code="runtime_missing", message=problem))
        supervisor = self.supervisors.get(name)
        why = supervisor.status().problem if supervisor is not None else None
        text = f"no {name} worker could be started: {why or 'see the log'}"
        return FileReport(file=file, error=SourceError(code="not_described", message=text))

    async def reload(self, files: Mapping[str, Sequence[str]], changed: Sequence[str], *, replace: bool) -> None:
        """Swaps code: in place where files changed, by new workers when `replace`."""
        self._snapshot += 1
        self._changed.update(dict.fromkeys(changed, self._snapshot))
        before, self._files = self._files, {runner: list(names) for runner, names in files.items() if names}
        for name in self._files:
            if name not in before:
                await self._ensure(name)
        for name, supervisor in self.supervisors.items():
            names = self._files.get(name, [])
            if replace:
                self._reports.pop(name, None)
                await supervisor.replace("reload")
                continue
            for worker in supervisor.workers():
                try:
                    self._reports[name] = await self._describe(worker, names, list(changed))
                except (MotiaError, RunnerError) as error:
                    self._on_log(worker.name, Log(msg=f"reload failed: {error}", level="warn"))
        for gone in set(self._reports) - set(self._files):
            del self._reports[gone]

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
        return {name: states.get(name, "missing") for name in self._files}

    def unready(self) -> list[str]:
        """Why `/ready` says no: one reason per language that can run and has no ready worker."""
        return [
            f"no {status.name} worker is ready ({status.state})"
            for status in self.statuses()
            if self._files.get(status.name) and not any(worker.state == State.READY.value for worker in status.workers)
        ]
