"""The disk is full

The disk of the database is filled and freed again and again under load. While it is full, emits are refused with a line
that says why, and `/health` says 503. Once there is space, work goes on by itself: the same process serves, and every
event it had accepted runs. An event whose end could not be written down runs again.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import aiohttp
import anyio

from tests.drills.kit.core import Core
from tests.drills.kit.load import Load, ways
from tests.drills.kit.processes import resident, until
from tests.drills.kit.project import project
from tests.drills.kit.small_disk import SmallDisk, small_disk
from tests.drills.kit.verdict import must, share, timely

TIMES = 30
LIMIT = 900.0
RESUMED = 5.0
_HISTORY = 16 * 1024 * 1024
SAID = ("the disk is full", "the disk answered with an error")


async def run(scale: float, report: Callable[[str], None]) -> dict[str, object]:
    times = max(1, int(TIMES * scale))
    with tempfile.TemporaryDirectory() as name, small_disk(Path(name) / "disk") as disk:
        database = disk.folder / "motia.db"
        config = f'[database]\nurl = "sqlite:///{database}"\n[queue]\nlease = 2\n[traces]\nmaxSize = {_HISTORY}\n'
        where = project(Path(name) / "project", languages=("py", "js"), config=config, kept=True)
        async with (
            Core(where, database=database) as core,
            Load(lambda: core.url, by=ways(("py", "js")), rate=200, padding=500) as load,
        ):
            pid, resumed = core.pid, []
            async with anyio.create_task_group() as group:
                group.start_soon(load.run)
                for number in range(1, times + 1):
                    resumed.append(await full_once(core, load, disk))
                    report(f"full {number} of {times} times, {sum(load.refusals.values()):,} emits refused")
                load.stop()
            must(core.server.process.poll() is None and core.pid == pid, "the core did not survive a full disk")
            memory = resident(pid)
            report("waiting for what is left to run")
            accounts = await core.finished(load.accepted)
            core.check()
            gone = await core.end()
    must(not accounts.lost, f"{len(accounts.lost)} accepted events never ran: {accounts.lost[:5]}")
    vague = [said for said in load.refusals if not any(word in said for word in SAID)]
    must(not vague, f"refusals that do not say why: {vague}")
    timely(scale, max(resumed), RESUMED, "going on after the disk had space again")
    figures = accounts.figures()
    del figures["unexplained"]
    return {
        "disk": disk.kind,
        "times_full": times,
        **figures,
        "refused": sum(load.refusals.values()),
        "recovery_p50_s": share(resumed, 0.5),
        "recovery_max_s": max(resumed),
        "memory_mb": memory,
        "orphans": 0,
        "gone_after_s": gone,
    }


async def full_once(core: Core, load: Load, disk: SmallDisk) -> float:
    """Seconds until an emit is accepted again, once there is space."""
    before = len(load.accepted)
    await until(lambda: len(load.accepted) > before + 20, name="emits accepted")
    refused = sum(load.refusals.values())
    disk.fill(core.pid)
    try:
        # Events that are done leave room inside the files, and then all is well for a moment: so it is used up again.
        began = time.monotonic()
        while sum(load.refusals.values()) <= refused + 20:
            must(time.monotonic() - began < 30, "emits are not refused on a full disk")
            await use_up(core)
            await anyio.sleep(0.05)
        began = time.monotonic()
        while await health(core) != 503:
            must(time.monotonic() - began < 5, "/health does not say that the disk is full")
            await use_up(core)
    finally:
        disk.free(core.pid)
    began, accepted = time.monotonic(), len(load.accepted)
    await until(lambda: len(load.accepted) > accepted, name="emits accepted when there is space again")
    while await health(core) != 200:
        must(time.monotonic() - began < 30, "/health does not notice that there is space again")
        await anyio.sleep(0.02)
    took = time.monotonic() - began
    await give_back(core)
    return took


async def use_up(core: Core) -> None:
    """Inside its files the database still has room, which events that stay take now."""
    async with aiohttp.ClientSession() as session:
        for size in (50_000, 5_000, 500):
            status = 0
            while status < 500:
                async with session.post(core.url + "/keep", json={"n": 0, "padding": "x" * size}) as answer:
                    status = answer.status


async def give_back(core: Core) -> None:
    """What took the room goes again: else the disk would be full of it after some rounds, with nothing to free."""
    body = {"step": "Kept", "force": True}
    async with (
        aiohttp.ClientSession() as session,
        session.post(core.url + "/__motia/api/queues/discard", json=body) as answer,
    ):
        must(answer.status == 200, f"what was kept cannot be discarded: {await answer.text()}")


async def health(core: Core) -> int:
    async with aiohttp.ClientSession() as session, session.get(core.url + "/health") as answer:
        return answer.status
