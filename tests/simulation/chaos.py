"""The faults of one seed: when, to whom, how long. Each kind draws from lots of its own."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from tests.simulation.plan import Fault
from tests.simulation.timeline import START

if TYPE_CHECKING:
    from tests.simulation.core import Core
    from tests.simulation.program import Program
    from tests.simulation.world import World

MOST: dict[Fault, int] = {
    "worker": 3, "hang": 3, "kill": 2, "pause": 3, "disk": 3, "clock": 2, "drain": 2, "rename": 2, "redrive": 3,
    "delay": 0,
}  # fmt: skip
_UNDER_WAY = 1.5  # the longest that a call with the old time in it may take
RENAMED = ("plain", "narrow", "line", "both-a", "both-b")


class Chaos:
    def __init__(self, world: World) -> None:
        self._world = world
        self._over = False
        self.ended = 0.0

    def plan(self) -> None:
        setup = self._world.setup
        for fault, most in MOST.items():
            if fault not in setup.faults or not most:
                continue
            lots = setup.lots(f"fault {fault}")
            for _ in range(lots.randint(1, most)):
                at = START + lots.uniform(0.3, setup.busy + 1.0)
                self._world.outside.call_at(at, self._strike, fault, lots)

    def end(self) -> None:
        """From now on nothing goes wrong any more, and everything that serves goes on."""
        world = self._world
        self._over = True
        self.ended = world.timeline.now
        world.ledger.note("the faults stop")
        world.serve(frozenset())
        for core in world.cores:
            core.door.trouble_until = 0.0
            core.loop.paused_until = 0.0
        for program in world.programs:
            program.idle_until = 0.0

    def _strike(self, fault: Fault, lots: random.Random) -> None:
        world, cores = self._world, self._world.living()
        if not cores:
            return
        core = lots.choice(cores)
        match fault:
            case "worker":
                self._on_worker(core, lots, None)
            case "hang":
                self._on_worker(core, lots, lots.choice((0.3, 1.5, 5.0)))
            case "kill":
                world.ledger.note("%s is killed", core.name)
                core.kill()
                world.outside.call_later(lots.uniform(0.1, 3.0), world.new_core)
            case "pause":
                seconds = world.setup.config.queue.lease * lots.choice((0.5, 1.2, 2.5))
                world.ledger.note("%s is stopped for %.1f s", core.name, seconds)
                core.pause(seconds)
            case "disk":
                for one in cores if lots.random() < 0.5 else [core]:
                    one.door.trouble_until = world.timeline.now + lots.uniform(0.2, 3.0)
                    world.ledger.note("the disk fails %s", one.name)
            case "clock":
                seconds = lots.choice((-20.0, -2.0, 0.5, 5.0, 60.0))
                world.ledger.note("the clock is set by %+.1f s", seconds)
                world.wall.ahead += seconds
                for one in world.cores:
                    one.disturbed(_UNDER_WAY)
            case "drain":
                world.ledger.note("%s is asked to stop", core.name)
                core.drain()
                world.outside.call_later(lots.uniform(0.1, 5.0), world.new_core)
            case "rename":
                name = lots.choice(RENAMED)
                world.ledger.note("the step %s is renamed", name)
                world.serve(frozenset({name}))
                world.outside.call_later(lots.uniform(0.5, 3.0), world.serve, frozenset())
            case "redrive":
                core.loop.call_soon(core.redrive)

    def _on_worker(self, core: Core, lots: random.Random, seconds: float | None) -> None:
        programs: list[Program] = [program for program in core.programs if program.alive]
        if not programs:
            return
        program = lots.choice(programs)
        if seconds is None:
            self._world.ledger.note("%s is killed", program.name)
            program.killed = True
            program.die()
        else:
            self._world.ledger.note("%s is stopped for %.1f s", program.name, seconds)
            program.stop_for(seconds)
