"""One server's cron with a dispatcher that remembers; several may share their leases."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import anyio

from motia_core.clock import Clock
from motia_core.config import Config
from motia_core.model import Invocation, Outcome, Step
from motia_core.steps.registry import Registry, Snapshot
from motia_core.storage.memory.leases import Leases
from motia_core.triggers.cron import Cron

EVERY_SECOND = "* * * * * *"
NEVER_SOON = "0 0 29 2 *"


def cron_step(name: str = "tick", cron: str = EVERY_SECOND, **rest: Any) -> Step:
    return Step(
        id=name,
        name=name,
        kind="cron",
        file=f"src/{name}.step.ts",
        member="",
        runner="r",
        language="l",
        cron=cron,
        **rest,
    )


def snapshot(*steps: Step, number: int = 1) -> Snapshot:
    return Snapshot(number=number, steps=steps, by_name={step.name: step for step in steps}, crons=steps)


class Dispatcher:
    """Remembers what ran; `hold` keeps a run from ending."""

    def __init__(self) -> None:
        self.ran: list[Invocation] = []
        self.outcome = Outcome()
        self.hold: anyio.Event | None = None
        self.ended = 0

    async def run(self, invocation: Invocation) -> Outcome:
        self.ran.append(invocation)
        if self.hold is not None:
            await self.hold.wait()
        self.ended += 1
        return self.outcome


class Server:
    """One server's cron over leases that may be shared."""

    def __init__(self, *steps: Step, leases: Leases | None = None, clock: Clock | None = None, **rest: Any) -> None:
        self.registry = Registry(snapshot(*steps))
        self.dispatcher = Dispatcher()
        self.leases = leases or Leases()
        self.clock = clock or Clock()
        self.logged: list[tuple[str, str]] = []
        self.cron = Cron(
            registry=self.registry,
            dispatcher=self.dispatcher,
            leases=self.leases,
            clock=self.clock,
            config=Config(),
            log=lambda level, msg, invocation=None, /, **fields: self.logged.append((level, msg)),
            **rest,
        )

    def running(self) -> AbstractAsyncContextManager[None]:
        return self._running()

    @asynccontextmanager
    async def _running(self) -> Any:
        async with anyio.create_task_group() as group:
            await group.start(self.cron.run)
            yield
            await self.cron.stop()


def now() -> datetime:
    return datetime.now(UTC)


async def until(true: Callable[[], bool]) -> None:
    with anyio.fail_after(10):
        while not true():
            await anyio.sleep(0.01)
