"""The core ends

The core is ended in every way there is: SIGKILL, SIGQUIT, SIGHUP and SIGABRT, which it does not handle, and SIGTERM and
SIGINT, which drain; a second one stops it at once. Its workers of three languages are idle, asleep in handlers or
blocked in them at that moment, and those that are blocked have started programs, with process groups of their own and
without. Within 2 s nothing is left of it, no orphan and no zombie. What a drain waits for is answered; what is stopped
half way returns to the queue, uncounted, and runs in the next life.
"""

from __future__ import annotations

import signal
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import aiohttp
import anyio

from tests.drills.kit.core import Core
from tests.drills.kit.ledger import runs
from tests.drills.kit.processes import described, marked, until
from tests.drills.kit.project import LANGUAGES, project
from tests.drills.kit.verdict import must, share

ROUNDS = 8
LIMIT = 900.0
LONG = 120_000  # milliseconds
STOPPED = 5.0
CHILDREN = 6
HARD = (signal.SIGKILL, signal.SIGHUP, signal.SIGQUIT, signal.SIGABRT)
SOFT = (signal.SIGTERM, signal.SIGINT)
STATES = ("asleep", "blocked", "idle")
STEPS = {
    "block_py_step.py": """
        import time

        config = {"type": "event", "name": "BlockPy", "subscribes": ["block"], "emits": []}

        async def handler(input, context):
            time.sleep(60)
    """,
    "block_js_step.js": """
        exports.config = { type: 'event', name: 'BlockJs', subscribes: ['block'], emits: [] }
        exports.handler = async () => { for (const end = Date.now() + 60000; Date.now() < end; ); }
    """,
    "block_rb_step.rb": """
        def config
          { type: 'event', name: 'BlockRb', subscribes: ['block'], emits: [] }
        end

        def handler(input, context)
          loop { Integer.sqrt(10**2000) }
        end
    """,
    "child_py_step.py": """
        import os
        import subprocess

        config = {"type": "event", "name": "ChildPy", "subscribes": ["children"], "emits": []}

        async def handler(input, context):
            for before in (None, os.setpgrp):
                subprocess.Popen(["sleep", "600"], preexec_fn=before)
    """,
    "child_js_step.js": """
        const { spawn } = require('child_process')
        exports.config = { type: 'event', name: 'ChildJs', subscribes: ['children'], emits: [] }
        exports.handler = async () => { for (let n = 0; n < 2; n++) spawn('sleep', ['600']) }
    """,
    "child_rb_step.rb": """
        def config
          { type: 'event', name: 'ChildRb', subscribes: ['children'], emits: [] }
        end

        def handler(input, context)
          [nil, true].each { |group| Process.spawn('sleep', '600', pgroup: group) }
        end
    """,
    "slow_py_step.py": """
        import asyncio

        config = {"type": "api", "name": "SlowPy", "method": "GET", "path": "/slow", "emits": []}

        async def handler(req, context):
            await asyncio.sleep(0.5)
            return {"status": 200, "body": {}}
    """,
}


class Ends:
    def __init__(self, core: Core, session: aiohttp.ClientSession) -> None:
        self.deaths = 0
        self.gone: list[float] = []
        self.stopped: list[float] = []
        self.answered = 0
        self.returned = 0
        self._core = core
        self._session = session
        self._number = 0

    async def hard(self, number: int, state: str) -> None:
        """An end that the core does not see coming."""
        await self._busy(state)
        self._core.kill(number)
        await self._over()

    async def soft(self, number: int, state: str) -> None:
        """A drain, which answers what is under way, and an end of the drain."""
        core = self._core
        await self._busy(state)
        statuses: list[int] = []

        async def ask() -> None:
            async with self._session.get(core.url + "/slow") as answer:
                statuses.append(answer.status)

        async with anyio.create_task_group() as group:
            if state != "blocked":
                group.start_soon(ask)
                await anyio.sleep(0.2)
            core.server.process.send_signal(number)
            await until(lambda: "stopping" in core.server.output or core.server.process.poll() is not None)
        must(statuses in ([], [200]), f"a request under way was answered {statuses} at {signal.Signals(number).name}")
        self.answered += len(statuses)
        if state != "idle":
            must(core.server.process.poll() is None, "the drain did not wait for what runs")
            began = time.monotonic()
            core.server.process.send_signal(number)
            await until(lambda: core.server.process.poll() is not None, 30, name="the end after a second signal")
            self.stopped.append(time.monotonic() - began)
            self._returned(state)
        await self._over(empty=state != "asleep")
        if state == "asleep":
            again = range(self._number - len(LANGUAGES) + 1, self._number + 1)
            await until(
                lambda: all(len(runs(core.ledger).get(n, ())) == 2 for n in again), name="what was stopped, once more"
            )
            self.returned += len(again)

    async def _busy(self, state: str) -> None:
        """Handlers of three languages are in this state."""
        if state == "idle":
            return
        if state == "asleep":
            began = len(runs(self._core.ledger))
            for language in LANGUAGES:
                self._number += 1
                await self._emit(f"drill.{language}", {"n": self._number, "ms": LONG})
            await until(lambda: len(runs(self._core.ledger)) == began + len(LANGUAGES), name="long handlers")
        else:
            await self._emit("children", {})
            await until(lambda: self._children() == CHILDREN, name="programs started by handlers")
            await self._emit("block", {})
            await until(lambda: self._rows("step LIKE 'Block%' AND status = 'claimed'") == 3, name="blocked handlers")
            await anyio.sleep(0.1)

    async def _emit(self, topic: str, data: object) -> None:
        async with self._session.post(self._core.url + "/emit", json={"topic": topic, "data": data}) as answer:
            must(answer.status == 200, f"an emit was answered {answer.status}")

    def _returned(self, state: str) -> None:
        left = self._rows("status = 'claimed'")
        must(not left, f"{left} deliveries stayed claimed though the core ended in order ({state})")
        counted = self._rows("attempt > 0")
        must(not counted, f"an attempt that was stopped was counted for {counted} deliveries ({state})")

    async def _over(self, *, empty: bool = True) -> None:
        """Nothing is left; the next life begins, with an empty queue."""
        self.deaths += 1
        self.gone.append(await self._core.gone())
        if empty:
            with closing(sqlite3.connect(self._core.database, isolation_level=None)) as db:
                for sql in ("DELETE FROM deliveries", "DELETE FROM events", "UPDATE counters SET pending = 0"):
                    db.execute(sql)
        await self._core.start()

    def _children(self) -> int:
        return sum(" sleep 600" in described(pid) for pid in marked(self._core.mark))

    def _rows(self, where: str) -> int:
        with closing(sqlite3.connect(f"file:{self._core.database}?mode=ro", uri=True, timeout=10)) as db:
            return int(db.execute(f"SELECT count(*) FROM deliveries WHERE {where}").fetchone()[0])


async def run(scale: float, report: Callable[[str], None]) -> dict[str, object]:
    cases = [(number, state) for number in (*HARD, *SOFT) for state in STATES]
    cases = cases * max(1, int(ROUNDS * scale)) if scale >= 0.1 else SHORT
    with tempfile.TemporaryDirectory() as name:
        where = project(Path(name), more=STEPS)
        timeout = aiohttp.ClientTimeout(total=60)
        async with Core(where) as core, aiohttp.ClientSession(timeout=timeout) as session:
            ends = Ends(core, session)
            for done, (number, state) in enumerate(cases):
                report(f"{signal.Signals(number).name} while {state}, {done + 1} of {len(cases)}")
                await (ends.hard if number in HARD else ends.soft)(number, state)
            core.kill()
            ends.gone.append(await core.gone())
    must(max(ends.stopped) <= STOPPED, f"a second signal took {max(ends.stopped):.1f} s to stop the core")
    return {
        "deaths": ends.deaths,
        "answered_while_draining": ends.answered,
        "returned_and_run": ends.returned,
        "stopped_at_once_max_s": max(ends.stopped),
        "gone_p50_s": share(ends.gone, 0.5),
        "gone_after_s": max(ends.gone),
        "orphans": 0,
    }


SHORT = [(signal.SIGKILL, "blocked"), (signal.SIGTERM, "asleep")]
