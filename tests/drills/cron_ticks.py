"""Cron on two cores

Two cores share one database and a step that is due every second. They are killed and started again in turn, so that one
of them always lives. No tick runs twice. A tick may be missing only where a core was killed in that moment: a tick is
taken before it is run, so that it runs at most once.
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

import anyio

from tests.drills.kit.core import Core
from tests.drills.kit.project import project
from tests.drills.kit.verdict import must

SECONDS = 300.0
LIMIT = 600.0
LATE = 2.5
"""A tick runs within this time (s); one taken by a core that was killed meanwhile is lost."""
STEP = {
    "tick_py_step.py": """
        import os, time

        config = {"type": "cron", "name": "Tick", "cron": "* * * * * *", "overlap": "allow", "emits": []}
        LEDGER = os.open(os.environ["DRILL_TICKS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

        async def handler(context):
            os.write(LEDGER, f"{time.time():.3f}\\n".encode())
    """
}


async def run(scale: float, report: Callable[[str], None]) -> dict[str, object]:
    seconds, chance = max(2.0, SECONDS * scale), random.Random(23)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ticks, config = folder / "ticks", f'[database]\nurl = "sqlite:///{folder / "shared.db"}"\n'
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
            end = time.time()
            await anyio.sleep(1.0)
            counts = cores[0].check()
            gone = max(gone, await cores[0].end(), await cores[1].end())
        ran = [float(line) for line in ticks.read_text().split()]
    due = range(math.ceil(began), math.floor(end))
    taken, twice = assigned(ran)
    missed = [tick for tick in due if tick not in taken]
    unexplained = [tick for tick in missed if not any(tick - 0.1 <= kill <= tick + LATE for kill in kills)]
    must(not twice, f"{len(twice)} ticks ran twice: {twice[:5]}")
    must(not unexplained, f"ticks that never ran, with no kill near them: {unexplained[:5]}")
    must(len(missed) <= len(kills), f"{len(missed)} ticks were missed in {len(kills)} kills")
    return {
        "kills": len(kills),
        "ticks": len(due),
        "ran_once": len(due) - len(missed),
        "ran_twice": 0,
        "missed_at_a_kill": len(missed),
        "dead_letters": counts.get("dead letters", 0),
        "orphans": 0,
        "gone_after_s": gone,
    }


def assigned(ran: list[float]) -> tuple[set[int], list[float]]:
    """Each run belongs to the first tick of the last moments that has none yet; a run without one is a second run."""
    taken: set[int] = set()
    twice = []
    for moment in sorted(ran):
        tick = next((t for t in range(math.ceil(moment - LATE), math.floor(moment) + 1) if t not in taken), None)
        if tick is None:
            twice.append(moment)
        else:
            taken.add(tick)
    return taken, twice
