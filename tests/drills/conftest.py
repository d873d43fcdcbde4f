"""A supervisor over a program of `programs/`, on both event loops; nothing may be left of it afterwards."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest
from msgspec import Raw

from motia_core.clock import Clock
from motia_core.config import knobs
from motia_core.protocol.calls import Log
from motia_core.workers.guardian import Guardian
from motia_core.workers.languages import Runner
from motia_core.workers.launch import Site
from motia_core.workers.supervisor import Supervisor
from motia_core.workers.worker import Worker
from tests.drills.kit.processes import marked

PROGRAMS = Path(__file__).parent / "programs"
MARK = "MOTIA_DRILL"
SETTINGS: dict[str, Any] = {
    "max": 1,
    "restart_delay": 0.02,
    "restart_cap": 0.05,
    "ping_every": 0.2,
    "blocked_after": 0.25,
    "stop_grace": 2.0,
    "start_timeout": 10.0,
    "queue_wait": 10.0,
}


@pytest.fixture(params=["asyncio", "uvloop"])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": request.param == "uvloop"}


class Bench:
    """What a drill looks at."""

    def __init__(self, supervisor: Supervisor, guardian: Guardian, logs: list[tuple[str, Log]], clock: Clock) -> None:
        self.supervisor = supervisor
        self.guardian = guardian
        self.pool = supervisor.pool
        self.logs = logs
        self.clock = clock

    async def run(self, task: dict[str, Any] | None = None, *, seconds: float = 30.0, alone: bool = False) -> Any:
        """One invocation through the pool; what the program answered."""
        worker = await self.pool.acquire(alone=alone)
        try:
            return await self.run_on(worker, task, seconds=seconds)
        finally:
            self.pool.release(worker)

    async def run_on(self, worker: Worker, task: dict[str, Any] | None = None, *, seconds: float = 30.0) -> Any:
        id = self.clock.new_id()
        params = json.dumps({"invocation": id, "input": task}).encode()
        result = await worker.run(id, params, deadline=self.clock.monotonic() + seconds)
        return json.loads(bytes(result))["value"]

    async def until(self, check: Callable[[], object], seconds: float = 10.0) -> None:
        with anyio.fail_after(seconds):
            while not check():
                await anyio.sleep(0.005)

    @property
    def workers(self) -> tuple[Any, ...]:
        return self.supervisor.status().workers

    @property
    def retired(self) -> list[str]:
        return [retirement.reason for retirement in self.supervisor.status().retired]

    def states(self) -> list[str]:
        return [worker.state for worker in self.workers]


async def unknown(worker: str, method: str, params: Raw) -> bytes:
    raise AssertionError(f"{worker} was not expected to call {method}")


Make = Callable[..., AbstractAsyncContextManager[Bench]]


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """`bench("good.py", max=2, …)`: knobs of the pool, and `handler`, `log`, `prepare`, `cancel_grace`, `wire`, `fd3`,
    `arguments`, `interpreter`, `fresh`, `grace` (for the stop)."""

    monkeypatch.setattr("motia_core.workers.supervisor.TICK", 0.05)
    monkeypatch.setattr("motia_core.workers.supervisor.MEMORY_EVERY", 0.05)

    @asynccontextmanager
    async def make(program: str, **options: Any) -> AsyncIterator[Bench]:
        clock, logs = Clock(), []
        runner = Runner(
            name="drill",
            folder=PROGRAMS,
            languages={},
            sdk=PROGRAMS,
            command=(
                options.pop("interpreter", sys.executable),
                "-S",
                str(PROGRAMS / program),
                *options.pop("arguments", ()),
            ),
            wire="fd3" if options.pop("fd3", False) else "stdio",
        )
        site = Site(
            project=tmp_path,
            run_dir=tmp_path,
            cache=tmp_path,
            mode="test",
            wire=options.pop("wire", knobs.Wire()),
            cancel_grace=options.pop("cancel_grace", 0.2),
            environment={MARK: str(tmp_path)},
        )
        handler, prepare = options.pop("handler", unknown), options.pop("prepare", None)
        grace, fresh = options.pop("grace", 2.0), options.pop("fresh", False)
        log = options.pop("log", lambda worker, log: logs.append((worker, log)))
        supervisor = Supervisor(
            runner,
            knobs.Pool(**{**SETTINGS, **options}),
            site,
            handler=handler,
            log=log,
            clock=clock,
            prepare=prepare,
            fresh=fresh,
        )
        found = Bench(supervisor, site.guardian, logs, clock)
        try:
            async with anyio.create_task_group() as tasks:
                with anyio.fail_after(20):
                    await tasks.start(supervisor.run)
                yield found
                with anyio.fail_after(20):
                    await supervisor.stop(grace)
            assert supervisor.status().state == "stopped"
        finally:
            await found.until(lambda: not marked(f"{MARK}={tmp_path}"), 2.0)

    return make
