"""Lives of a core under load: each ends by `kill -9`, leaves nothing behind and a sound database; in the end everything
accepted in any of them has run."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import anyio

from tests.drills.kit.core import Core
from tests.drills.kit.load import Load
from tests.drills.kit.processes import resident, until
from tests.drills.kit.project import project
from tests.drills.kit.verdict import must, share

CONFIG = "[queue]\nlease = 2\n"
LONGEST = 0.6


class Lives:
    """`again` = how many times in a row a core that is just starting is killed as well, at most."""

    def __init__(self, core: Core, load: Load, *, again: int, seed: int) -> None:
        self.starts: list[float] = []
        self.gone: list[float] = []
        self.memory = 0.0
        self.young = 0
        self._core = core
        self._load = load
        self._again = again
        self._random = random.Random(seed)

    async def live(self, lives: int, report: Callable[[str], None]) -> None:
        for life in range(1, lives + 1):
            await anyio.sleep(self._random.uniform(0.02, LONGEST))
            self.memory = max(self.memory, resident(self._core.pid))
            await self._die()
            for _ in range(self._random.randint(1, self._again) if self._again else 0):
                self._core.spawn()
                await anyio.sleep(self._random.uniform(0.0, 1.2 * share(self.starts, 0.5)) if self.starts else 0.4)
                self.young += 1
                await self._die()
            self.starts.append(await self._core.start())
            report(f"life {life} of {lives}, {len(self._load.accepted):,} events accepted")

    async def _die(self) -> None:
        self._core.kill()
        self.gone.append(await self._core.gone())
        if self._core.database.exists():
            await anyio.to_thread.run_sync(self._core.check)


async def drill(lives: int, report: Callable[[str], None], *, again: int = 0, seed: int) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        async with (
            Core(project(Path(folder), config=CONFIG)) as core,
            Load(lambda: core.url, emitters=16, rate=1000) as load,
        ):
            all_ = Lives(core, load, again=again, seed=seed)
            async with anyio.create_task_group() as group:
                group.start_soon(load.run)
                await until(lambda: load.accepted, 60.0, 0.01, "the first event")
                await all_.live(lives, report)
                load.stop()
            began = time.monotonic()
            report("waiting for what is left to run")
            accounts = await core.finished(load.accepted)
            where = core.whereabouts(accounts.lost)
            settled, buried = time.monotonic() - began, core.buried()
            core.check()
            all_.gone.append(await core.end())
    accounts.balance(where)
    must(not buried, f"{buried} deliveries were buried")
    return {
        "kills": lives + all_.young,
        **({"kills_while_starting": all_.young} if again else {}),
        **accounts.figures(),
        "buried": buried,
        "sound_after_each_kill": True,
        "recovery_p50_s": share(all_.starts, 0.5),
        "recovery_max_s": max(all_.starts),
        "all_done_after_s": settled,
        "memory_mb": all_.memory,
        "orphans": 0,
        "gone_after_s": max(all_.gone),
    }
