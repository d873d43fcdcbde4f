"""The database is copied while it is written

The files of the database are copied at random moments under load, 200 times; the core is stopped with SIGSTOP during
the copy, so that it is caught in the midst of a write. Every copy opens, is sound, and holds every emit that was
acknowledged before the copy began.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from pathlib import Path

import anyio

from tests.drills.kit.core import Core
from tests.drills.kit.held import held
from tests.drills.kit.load import KEPT, Load, ways
from tests.drills.kit.processes import resident
from tests.drills.kit.project import project
from tests.drills.kit.verdict import must

COPIES = 200
LIMIT = 900.0


async def run(scale: float, report: Callable[[str], None]) -> dict[str, object]:
    copies, rest = max(5, int(COPIES * scale)), random.Random(13)
    missing, memory, size = 0, 0.0, 0
    with tempfile.TemporaryDirectory() as folder:
        async with (
            # One step runs, so that deliveries are claimed and acknowledged all the time; the other's all stay.
            Core(project(Path(folder), languages=("py",), kept=True)) as core,
            Load(lambda: core.url, by=KEPT, rate=400, padding=500) as kept,
            Load(lambda: core.url, by=ways(("py",)), rate=200, seed=2) as busy,
        ):
            async with anyio.create_task_group() as group:
                group.start_soon(kept.run)
                group.start_soon(busy.run)
                for number in range(1, copies + 1):
                    await anyio.sleep(rest.uniform(0.0, 0.3))
                    promised = frozenset(kept.accepted)
                    async with core.stopped():
                        copy = core.copy(Path(folder) / "copy")
                    size = copy.stat().st_size
                    await anyio.to_thread.run_sync(core.check, copy)
                    missing += len(promised - held(copy))
                    must(not missing, f"copy {number} lacks {missing} of {len(promised)} acknowledged emits")
                    memory = max(memory, resident(core.pid))
                    report(f"copy {number} of {copies}, {len(promised):,} emits promised")
                kept.stop()
                busy.stop()
            accounts = await core.finished(busy.accepted)
            gone = await core.end()
    accounts.balance()
    must(not accounts.duplicated, f"{accounts.duplicated} events ran twice though nothing was killed")
    return {
        "copies": copies,
        "sound_copies": copies,
        "accepted": len(kept.accepted) + len(busy.accepted),
        "executed": accounts.executed,
        "duplicated": accounts.duplicated,
        "lost": missing + len(accounts.lost),
        "last_copy_mb": size / 1e6,
        "memory_mb": memory,
        "orphans": 0,
        "gone_after_s": gone,
    }
