"""One server: the real queue, cron, dispatcher, services, supervisor, pool and workers, wired as `app/build.py` does it.

Only what lies outside is another: the clock, the disk's door, and processes that are simulated.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
from anyio.abc import TaskGroup
from msgspec import Raw

from motia_core.clock import Clock
from motia_core.dispatcher import Dispatcher
from motia_core.errors import StoreError
from motia_core.model import Caller, Invocation, LogRecord, Outcome
from motia_core.services.context import Services
from motia_core.services.running import Running
from motia_core.services.table import Table
from motia_core.steps.registry import Registry
from motia_core.storage.base import Storage
from motia_core.traces.recorder import Recorder
from motia_core.triggers.cron import Cron
from motia_core.triggers.inputs import Inputs
from motia_core.triggers.queue import Queue
from motia_core.workers.languages import Runner
from motia_core.workers.launch import Site
from motia_core.workers.supervisor import Supervisor
from tests.simulation.disk import Door
from tests.simulation.lives import Passage
from tests.simulation.plan import Plan, pool
from tests.simulation.program import Program
from tests.simulation.timeline import START, Loop

if TYPE_CHECKING:
    from tests.simulation.world import World

NOWHERE = Path("/nonexistent")
RUNNER = Runner(name="simulated", folder=NOWHERE, languages={}, sdk=NOWHERE, command=("simulated",))
SITE = Site(project=NOWHERE, run_dir=NOWHERE, cache=NOWHERE, cancel_grace=2.0)
DRAIN = 3.0


class Wall:
    """The clock on the wall of the one machine all servers run on."""

    def __init__(self) -> None:
        self.ahead = 1_800_000_000.0


class VirtualClock(Clock):
    def __init__(self, loop: Loop, wall: Wall, lots: random.Random) -> None:
        super().__init__()
        self._loop, self._wall, self._random = loop, wall, lots
        self._boot = f"{lots.getrandbits(40):010x}"

    def now(self) -> float:
        return self._loop.time() + self._wall.ahead

    def now_ms(self) -> int:
        return int(self.now() * 1000)

    def monotonic(self) -> float:
        return self._loop.time()


class Witness:
    """The dispatcher, and what passes through it told to the ledger."""

    def __init__(self, dispatcher: Dispatcher, core: Core) -> None:
        self._dispatcher = dispatcher
        self._core = core

    async def run(self, invocation: Invocation) -> Outcome:
        ledger = self._core.ledger
        ledger.given(self._core, invocation)
        try:
            outcome = await self._dispatcher.run(invocation)
        except BaseException:
            ledger.returned(self._core, invocation, None)
            raise
        ledger.returned(self._core, invocation, outcome)
        return outcome


class Core:
    """`up` while it serves. `kill` and `pause` are done to it; `drain` is asked of it."""

    def __init__(self, world: World, name: str, number: int) -> None:
        self.name = name
        self.world = world
        self.ledger = world.ledger
        self.setup = world.setup
        self.up = False
        self.over = False
        self.last_disturbed = self.asked_at = -1.0
        self.programs: list[Program] = []
        self.renewals: dict[int, list[Passage]] = {}
        self.loop = world.timeline.loop(name)
        lots = world.setup.lots(f"core {number}")
        self.clock = VirtualClock(self.loop, world.wall, lots)
        self.door = Door(self, world.setup.lots(f"disk {number}"), slow="delay" in world.setup.faults)
        self._pool = pool(world.setup.lots("pool"))
        self.registry = Registry(world.snapshot)
        self.stopped = False
        self._stopping: anyio.Event | None = None
        self._group: TaskGroup | None = None
        self.main = self.loop.start(self._main())

    @property
    def alive(self) -> bool:
        return not self.loop.dead

    def disturbed(self, seconds: float = 0.0) -> None:
        """Leases taken until now, or in the next `seconds`, may be lost through no fault of the server's."""
        self.last_disturbed = max(self.last_disturbed, self.loop.time() - START + seconds)

    def kill(self) -> None:
        self.loop.dead = True
        self.up = False
        for program in self.programs:
            self.world.outside.call_later(self.world.chaos_lots.uniform(0.0, 0.3), program.die)

    def pause(self, seconds: float) -> None:
        self.loop.paused_until = self.loop.time() + seconds
        self.disturbed(seconds)

    def drain(self) -> None:
        self.up, self.stopped = False, True
        if self._stopping is not None:
            self.loop.call_soon(self._stopping.set)

    def redrive(self) -> None:
        """An operator drives all dead letters again."""
        if self.up and self._group is not None:
            self._group.start_soon(self._redrive)

    async def _redrive(self) -> None:
        try:
            letters = await self.storage.events.dead(limit=100)
            ids = [letter.id for letter in letters if letter.id in self.ledger.lives]
            await self.storage.events.redrive(ids, now=self.clock.now_ms())
        except StoreError:
            return
        self.queue.wake()

    def door_opens(self, plan: Plan) -> None:
        """A request from outside."""
        if self.up and self._group is not None:
            self._group.start_soon(self._request, plan)

    async def _request(self, plan: Plan) -> None:
        now = self.clock.monotonic()
        invocation = Invocation(
            id=self.clock.new_id(),
            step=self.world.setup.snapshot.by_name["door"],
            caller=Caller(trigger="api", trace_id=self.clock.new_trace_id()),
            input=Raw(b'{"n":%d}' % plan.n),
            deadline=now + self.setup.config.deadlines.api,
        )
        await self._witness.run(invocation)

    async def _main(self) -> None:
        try:
            await self._serve()
        finally:
            self.up, self.over = False, True

    async def _serve(self) -> None:
        config, clock = self.setup.config, self.clock
        self._stopping = anyio.Event()
        storage = await self._opened()
        running = Running()
        recorder = Recorder(storage.traces, config.traces, clock, level="warn", console=self._say)
        services = Services(
            config=config, storage=storage, registry=self.registry, running=running, recorder=recorder, clock=clock,
            run_dir=NOWHERE,
        )  # fmt: skip
        supervisor = Supervisor(
            RUNNER, self._pool, SITE, handler=Table(services).answer, log=lambda worker, log: None, clock=clock
        )
        dispatcher = Dispatcher(
            pools=lambda step: supervisor.pool, running=running, recorder=recorder, clock=clock,
            validation=config.validation,
        )  # fmt: skip
        self._witness = Witness(dispatcher, self)
        queue = Queue(
            store=storage.events, registry=self.registry, dispatcher=self._witness,  # type: ignore[arg-type]
            inputs=Inputs(config, lambda text, step, delivery: None), recorder=recorder, clock=clock, config=config,
            owner=clock.new_id(),
        )  # fmt: skip
        services.wake = queue.wake
        cron = Cron(
            registry=self.registry, store=storage.events, clock=clock, config=config, log=recorder.note,
            wake=queue.wake,
        )  # fmt: skip
        async with anyio.create_task_group() as group:
            self._group = group
            await group.start(supervisor.run)
            await group.start(queue.run)
            await group.start(cron.run)
            self.storage, self.queue = storage, queue
            self.up = True
            self.ledger.note("%s serves", self.name)
            await self._stopping.wait()
            self.up = False
            queue.drain()
            cron.drain()
            with anyio.move_on_after(DRAIN):
                while len(running) + queue.running:
                    await anyio.sleep(0.02)
            try:
                await cron.stop()
                await queue.stop()
            except StoreError as error:
                self._say(LogRecord(id="", time=0, level="error", msg=f"unfinished deliveries: {error.message}"))
            await supervisor.stop(0.5)
            group.cancel_scope.cancel()
        await storage.close()
        self.ledger.note("%s has stopped", self.name)

    async def _opened(self) -> Storage:
        while True:
            try:
                return await self.world.disk.open(self.door, self.clock)
            except StoreError:
                await anyio.sleep(0.5)

    def _say(self, record: LogRecord) -> None:
        self.ledger.note("%s says: %s", self.name, record.msg)
