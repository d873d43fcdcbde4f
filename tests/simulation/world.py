"""One seed from beginning to end: servers start, events come, faults happen, faults stop, everything must come to rest,
and the ledger must agree."""

from __future__ import annotations

import asyncio
import logging
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import SimpleNamespace

import apscheduler.schedulers.base as apscheduler_base
from msgspec import Struct
from msgspec.structs import replace

from motia_core.protocol.requests import Run
from motia_core.workers import process
from tests.simulation.chaos import Chaos
from tests.simulation.core import Core, Wall
from tests.simulation.disk import Door, Memory, Sqlite, running_loop
from tests.simulation.handlers import Handlers
from tests.simulation.ledger import Ledger
from tests.simulation.lives import Violation
from tests.simulation.plan import Events, Plan, Setup, snapshot_of
from tests.simulation.program import Listener, Program
from tests.simulation.timeline import START, Change, Timeline, ordered_scopes, replaced
from tests.simulation.verdict import judge, rest, seen

PATIENCE = 600.0
_SHM = Path("/dev/shm")


class Result(Struct, frozen=True):
    """`notes`: everything that was noted; `saw`: how often what happened; `seconds`: the virtual time it took."""

    setup: Setup
    violation: Violation | None
    notes: tuple[tuple[float, int | None, object, str, tuple[object, ...]], ...]
    seconds: float
    runs: int
    turns: int
    saw: dict[str, int]


class World:
    def __init__(self, setup: Setup, folder: Path | None) -> None:
        self.setup = setup
        self.snapshot = setup.snapshot
        self.timeline = Timeline(setup.lots("turns"))
        self.ledger = Ledger(lambda: self.timeline.now - START)
        self.ledger.max_retries = {step.name: step.queue.max_retries for step in setup.snapshot.steps}
        self.wall = Wall()
        self.outside = self.timeline.loop("outside")
        self.chaos_lots = setup.lots("chaos")
        self.events = Events(setup)
        self.handlers = Handlers(self.events, self.ledger)
        self.disk = Memory() if folder is None else Sqlite(folder, self._door)
        self.cores: list[Core] = []
        self.programs: list[Program] = []
        self._count = 0
        self._program_lots = setup.lots("programs")
        self.chaos = Chaos(self)

    @property
    def changes(self) -> tuple[Change, ...]:
        datetimes = SimpleNamespace(now=self._datetime_now)
        return (
            *self.disk.changes,
            (process, "spawn", self._spawn),
            (apscheduler_base, "datetime", datetimes),
            ordered_scopes(),
        )

    def new_core(self) -> Core:
        self._count += 1
        core = Core(self, f"core-{self._count}", self._count)
        self.cores.append(core)
        return core

    def living(self) -> list[Core]:
        return [core for core in self.cores if core.alive and core.up]

    def serve(self, missing: frozenset[str]) -> None:
        """All servers serve all steps but `missing`."""
        steps = [step for step in self.setup.snapshot.steps if step.name not in missing]
        self.snapshot = snapshot_of(steps)
        for core in self.cores:
            if core.alive:
                core.loop.call_soon(core.registry.swap, replace(self.snapshot, number=self.snapshot.number + 1))

    def run(self) -> None:
        for _ in range(self.setup.cores):
            self.new_core()
        lots = self.setup.lots("doors")
        for _ in range(self.setup.doors):
            at = START + lots.uniform(0.2, self.setup.busy)
            self.outside.call_at(at, self._open_door, self.events.door())
        self.chaos.plan()
        self._until(START + self.setup.busy + 2.0)
        self.chaos.end()
        end = self.timeline.now + PATIENCE
        while not self._settled() and self.ledger.violation is None:
            if self.timeline.now > end:
                self.ledger.fail(f"no rest within {PATIENCE:.0f} s after the last fault: {rest(self)}")
            self._until(self.timeline.now + 1.0)
        if self.ledger.violation is None:
            judge(self)

    def close(self) -> None:
        for program in self.programs:
            program.alive = False
        self.timeline.close()
        self.disk.close()

    def _until(self, moment: float) -> None:
        turns = self.timeline.turns
        while self.ledger.violation is None and self.timeline.turn(moment):
            if self.timeline.turns - turns > 300_000:
                self.ledger.fail("the servers are busy without end")
        for core in self.cores:
            if core.loop.failures:
                self.ledger.fail(f"{core.name} has failed inside: {core.loop.failures[0]}")
            elif core.over and core.alive and not core.stopped:
                self.ledger.fail(f"{core.name} has ended by itself: {core.main.exception()!r}")

    def _settled(self) -> bool:
        return not any(len(program.runs) for program in self.programs if program.alive) and not rest(self)

    def _open_door(self, plan: Plan) -> None:
        living = self.living()
        if living:
            core = self.chaos_lots.choice(living)
            core.loop.call_soon(core.door_opens, plan)
        else:
            self.outside.call_later(0.5, self._open_door, plan)

    def _door(self) -> Door | None:
        """That of the server whose turn it is."""
        loop = running_loop()
        return next((core.door for core in self.cores if core.loop is loop), None)

    def _datetime_now(self, zone: object) -> object:
        from datetime import UTC, datetime

        return datetime.fromtimestamp(self.timeline.now + self.wall.ahead, UTC)

    async def _spawn(
        self,
        command: object,
        *,
        cwd: Path,
        env: Mapping[str, str],
        fd3: bool,
        listener: Listener,
        outbound: int,
        guardian: object,
    ) -> Program:
        loop = running_loop()
        core = next(core for core in self.cores if core.loop is loop)
        await asyncio.sleep(self._program_lots.uniform(0.001, 0.01))
        program = Program(
            f"{core.name}/{env['MOTIA_WORKER']}",
            10_000_000 + len(self.programs),
            inside=loop,
            outside=self.outside,
            listener=listener,
            lots=self._program_lots,
            slow="delay" in self.setup.faults,
            handle=self._handle,
            over=self.ledger.end,
        )
        core.programs.append(program)
        self.programs.append(program)
        return program

    async def _handle(self, program: Program, run: Run) -> None:
        await self.handlers.run(program, run)


def simulate(setup: Setup) -> Result:
    """Runs one seed."""
    with ExitStack() as stack:
        stack.enter_context(_quiet())
        folder = None
        if setup.backend == "sqlite":
            where = _SHM if _SHM.is_dir() else None
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=where, prefix="motia-simulation-")))
        world = World(setup, folder)
        stack.enter_context(replaced(*world.changes))
        try:
            world.run()
        finally:
            world.close()
        return Result(
            setup=setup,
            violation=world.ledger.violation,
            notes=tuple(world.ledger.notes),
            seconds=world.timeline.now - START,
            runs=sum(world.ledger.begun.values()),
            turns=world.timeline.turns,
            saw=seen(world),
        )


@contextmanager
def _quiet() -> Iterator[None]:
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)
