"""Workers are killed at random

`kill -9` of a random worker every 50 to 500 ms while events are emitted in four languages. Nothing accepted is lost, an
event runs twice only when the kill of its worker cut the first run short, no delivery is taken for poison, and a pool
has its workers back within a second.
"""

from __future__ import annotations

import os
import random
import signal
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp
import anyio

from tests.drills.kit.core import Core
from tests.drills.kit.load import Load
from tests.drills.kit.processes import resident
from tests.drills.kit.project import project
from tests.drills.kit.verdict import must, share, timely

SECONDS = 300.0
EVENTS = 100_000
LIMIT = 900.0
RECOVERY = 1.0
WORKERS = 2
POOLS = "".join(f"[workers.{name}]\nmin = {WORKERS}\nmax = {WORKERS}\n" for name in ("python", "node", "ruby"))


class Killer:
    """Looks at the pools all the time: who is there, who is new. `recoveries`: from a kill to the next ready worker, or
    until the pool is whole, for one that was thought hung has been made up for before it is killed.
    Workers are told apart by their names: the system gives the numbers of dead processes again."""

    def __init__(self, core: Core, seed: int) -> None:
        self.recoveries: list[float] = []
        self.memory = 0.0
        self.kills = 0
        self._core = core
        self._random = random.Random(seed)
        self._ready: dict[str, dict[str, int]] = {}
        self._seen: set[str] = set()
        self._killed: set[str] = set()
        self._missing: dict[str, list[float]] = {}

    async def look(self) -> None:
        async with aiohttp.ClientSession() as session:
            while True:
                with suppress(aiohttp.ClientError):
                    async with session.get(self._core.url + "/__motia/api/workers") as answer:
                        self._note(await answer.json())
                self.memory = max(self.memory, resident(self._core.pid))
                await anyio.sleep(0.02)

    def _note(self, pools: list[dict[str, Any]]) -> None:
        now = time.monotonic()
        for pool in pools:
            ready = {one["name"]: one["pid"] for one in pool["workers"] if one["state"] == "ready" and one["pid"]}
            waiting = self._missing.get(pool["name"], [])
            is_whole = len(ready.keys() - self._killed) >= WORKERS
            back = len(waiting) if is_whole else min(len(waiting), len(ready.keys() - self._seen))
            self.recoveries += [now - killed for killed in waiting[:back]]
            del waiting[:back]
            self._seen |= ready.keys()
            self._ready[pool["name"]] = ready

    async def kill(self, end: float, count: int) -> None:
        """Until `end`, and at least `count`."""
        while time.monotonic() < end or self.kills < count:
            await anyio.sleep(self._random.uniform(0.05, 0.5))
            pool = self._random.choice(sorted(self._ready) or [""])  # nobody has looked yet
            ready = self._ready.get(pool, {})
            victims = sorted(ready.keys() - self._killed)
            if victims:
                name = self._random.choice(victims)
                victim = ready[name]
                with suppress(ProcessLookupError):
                    os.kill(victim, signal.SIGKILL)
                    self._killed.add(name)
                    self.kills += 1
                    self._core.kills[victim] = int(time.time() * 1000)
                    self._missing.setdefault(pool, []).append(time.monotonic())


async def run(scale: float, report: Callable[[str], None]) -> dict[str, object]:
    seconds, events = max(2.0, SECONDS * scale), max(300, int(EVENTS * scale))
    with tempfile.TemporaryDirectory() as folder:
        async with (
            Core(project(Path(folder), config=POOLS)) as core,
            Load(lambda: core.url, rate=events / seconds, emitters=32) as load,
        ):
            killer = Killer(core, seed=7)
            async with anyio.create_task_group() as group:
                group.start_soon(killer.look)
                async with anyio.create_task_group() as fire:
                    fire.start_soon(load.run, events)
                    fire.start_soon(killer.kill, time.monotonic() + seconds, 5)
                    fire.start_soon(tell, report, load, core, events, fire.cancel_scope)
                report("waiting for what is left to run")
                accounts = await core.finished(load.accepted)
                where = core.whereabouts(accounts.lost)
                group.cancel_scope.cancel()
            buried, poison = core.buried(), core.buried("poison")
            core.check()
            gone = await core.end()
    accounts.balance(where)
    must(not buried, f"{buried} deliveries were buried, {poison} of them as poison")
    slowest = max(killer.recoveries, default=0.0)
    timely(scale, slowest, RECOVERY, "the slowest recovery")
    return {
        "kills": killer.kills,
        **accounts.figures(),
        "buried": buried,
        "unanswered": load.unanswered + sum(load.refusals.values()),
        "recovery_p50_s": share(killer.recoveries, 0.5),
        "recovery_max_s": slowest,
        "memory_mb": killer.memory,
        "orphans": 0,
        "gone_after_s": gone,
    }


async def tell(report: Callable[[str], None], load: Load, core: Core, events: int, scope: anyio.CancelScope) -> None:
    while len(load.accepted) < events:
        report(f"{len(load.accepted):,} of {events:,} events accepted, {len(core.kills)} kills")
        await anyio.sleep(0.5)
