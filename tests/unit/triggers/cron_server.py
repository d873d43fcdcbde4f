"""One server's cron and queue with a dispatcher that remembers; several may share their store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import anyio

from motia_core.clock import Clock
from motia_core.config import Config
from motia_core.config.knobs import Queue as QueueKnobs
from motia_core.config.knobs import Traces
from motia_core.model import Invocation, Level, Outcome, Step
from motia_core.steps.registry import Registry, Snapshot
from motia_core.storage.memory.storage import MemoryStorage
from motia_core.traces.recorder import Recorder
from motia_core.triggers.cron import Cron
from motia_core.triggers.inputs import Inputs
from motia_core.triggers.queue import Queue

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
    crons = tuple(step for step in steps if step.kind == "cron")
    return Snapshot(number=number, steps=steps, by_name={step.name: step for step in steps}, crons=crons)


class Dispatcher:
    """Remembers what ran; `hold` keeps a run from ending."""

    def __init__(self) -> None:
        self.ran: list[Invocation] = []
        self.outcome = Outcome()
        self.hold: anyio.Event | None = None
        self.ended = 0

    async def run(self, invocation: Invocation, *, sink: object = None) -> Outcome:
        self.ran.append(invocation)
        if self.hold is not None:
            await self.hold.wait()
        self.ended += 1
        return self.outcome


class Server:
    """One server's cron and queue on a store that may be shared."""

    def __init__(
        self, *steps: Step, storage: MemoryStorage | None = None, clock: Clock | None = None, lease: float = 5.0
    ) -> None:
        self.registry = Registry(snapshot(*steps))
        self.dispatcher = Dispatcher()
        self.storage = storage or MemoryStorage()
        self.events: Any = self.storage.events
        self.clock = clock or Clock()
        self.config = Config(queue=QueueKnobs(poll=0.05, lease=lease))
        self.logged: list[tuple[str, str]] = []
        recorder = Recorder(
            self.storage.traces, Traces(), self.clock, console=lambda record: self._say(record.level, record.msg)
        )
        self.queue = Queue(
            store=self.events,
            registry=self.registry,
            dispatcher=self.dispatcher,  # type: ignore[arg-type]
            inputs=Inputs(self.config, lambda text, step, delivery: None),
            recorder=recorder,
            clock=self.clock,
            config=self.config,
            owner=self.clock.new_id(),
        )
        self.cron = Cron(
            registry=self.registry,
            store=self.events,
            clock=self.clock,
            config=self.config,
            log=self._say,
            wake=self.queue.wake,
        )

    def _say(self, level: Level, msg: str) -> None:
        self.logged.append((level, msg))

    async def due(self, tick: datetime, name: str = "tick") -> None:
        """The tick comes; returns when it is taken or left."""
        self.cron.due(name, tick)
        await until(lambda: self.cron.taking == 0)

    async def rest(self) -> None:
        """Until nothing waits or runs any more."""
        with anyio.fail_after(10):
            while self.cron.taking or self.queue.running or await self.events.backlog(now=self.clock.now_ms()):
                await anyio.sleep(0.005)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with anyio.create_task_group() as group:
            await group.start(self.queue.run)
            await group.start(self.cron.run)
            yield
            await self.cron.stop()
            await self.queue.stop()


def now() -> datetime:
    return datetime.now(UTC)


async def until(true: Callable[[], bool]) -> None:
    with anyio.fail_after(10):
        while not true():
            await anyio.sleep(0.01)
