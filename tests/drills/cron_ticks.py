"""Cron on two cores

Two cores share one database and a step that is due every second. They are killed and started again in turn, so that one
of them always lives. Every tick runs: one whose core was killed before its run had ended is run again, by whichever core
comes first. None runs twice but where a kill cut a run short, or came before its end was written down.
"""

from __future__ import annotations

import math
import random
import signal
import tempfile
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import NamedTuple

import anyio

from tests.drills.kit.core import Core
from tests.drills.kit.project import project
from tests.drills.kit.verdict import must

SECONDS = 300.0
LIMIT = 600.0
CONFIG = "[queue]\nlease = 1.5\n"
LATE = 2.5
PATIENCE = 20.0
"""A tick runs within this time (s); within the longer one if a core that had claimed it was killed."""
STEP = {
    "tick_py_step.py": """
        import os, time

        config = {"type": "cron", "name": "Tick", "cron": "* * * * * *", "overlap": "allow", "emits": []}
        LEDGER = os.open(os.environ["DRILL_TICKS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

        async def handler(context):
            os.write(LEDGER, f"{context.trace_id} {context.attempt} {time.time():.3f}\\n".encode())
    """
}


async def run(scale: float, report: Callable[[str], None]) -> dict[str, object]:
    seconds, chance = max(2.0, SECONDS * scale), random.Random(23)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ticks, config = folder / "ticks", f'[database]\nurl = "sqlite:///{folder / "shared.db"}"\n' + CONFIG
        cores = [
            Core(
                project(folder / one, languages=(), config=config, more=STEP),
                database=folder / "shared.db",
                DRILL_TICKS=str(ticks),
            )
            for one in ("one", "two")
        ]
        kills: list[float] = []
        gone = 0.0
        async with AsyncExitStack() as lives:
            # Both at once: whoever comes first makes the database.
            async with anyio.create_task_group() as group:
                for core in cores:
                    group.start_soon(lives.enter_async_context, core)
            began = time.time()
            while time.time() - began < seconds:
                for core in cores:
                    await anyio.sleep(chance.uniform(0.2, 1.5))
                    kills.append(time.time())
                    core.kill(signal.SIGKILL)
                    gone = max(gone, await core.gone())
                    await core.start()
                    report(f"{time.time() - began:.0f} of {seconds:.0f} s, {len(kills)} kills")
            due = range(math.ceil(began), math.floor(time.time()))
            report("waiting for what is left to run")
            with anyio.move_on_after(PATIENCE):
                while not assigned(read(ticks))[0].issuperset(due):
                    await anyio.sleep(0.1)
            counts = cores[0].check()
            gone = max(gone, await cores[0].end(), await cores[1].end())
        runs = read(ticks)
    taken, twice = assigned(runs)
    missed = [tick for tick in due if tick not in taken]
    again = [(one[0].at, two.at) for one in runs.values() for two in one[1:]]
    unexplained = [(one, two) for one, two in again if not any(one - LATE <= kill <= two for kill in kills)]
    must(not twice, f"{len(twice)} ticks were taken twice: {twice[:5]}")
    must(not unexplained, f"ticks that ran again without a kill: {unexplained[:5]}")
    must(not missed, f"{len(missed)} of {len(due)} ticks never ran: {missed[:5]}")
    return {
        "kills": len(kills),
        "ticks": len(due),
        "missed": 0,
        "taken_twice": 0,
        "cut_short_and_run_again": len(again),
        "begun_by_another_core": sum(one[0].attempt > 1 for one in runs.values()),
        "dead_letters": counts.get("dead letters", 0),
        "orphans": 0,
        "gone_after_s": gone,
    }


class Run(NamedTuple):
    attempt: int
    at: float


def read(ledger: Path) -> dict[str, list[Run]]:
    """The runs of each tick that was taken: all of one tick have its trace."""
    found: dict[str, list[Run]] = {}
    for line in ledger.read_text().splitlines() if ledger.exists() else []:
        trace, attempt, at = line.split()
        found.setdefault(trace, []).append(Run(int(attempt), float(at)))
    return found


def assigned(runs: dict[str, list[Run]]) -> tuple[set[int], list[float]]:
    """Each trace belongs to the first tick of the last moments that has none yet; one without was taken twice."""
    taken: set[int] = set()
    twice = []
    for first in sorted((one[0] for one in runs.values()), key=lambda run: run.at):
        since = math.ceil(first.at - (LATE if first.attempt == 1 else PATIENCE))
        tick = next((t for t in range(since, math.floor(first.at) + 1) if t not in taken), None)
        if tick is None:
            twice.append(first.at)
        else:
            taken.add(tick)
    return taken, twice
