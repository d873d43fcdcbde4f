"""Workers hang

A worker is stopped with SIGSTOP while idle, with a request under way, and while large requests pile up in front of it;
and the event loop of a worker is blocked by user code. Each is bypassed at once and replaced; what piles up is bounded;
the requests of another language, asked all the time, take no notice. Pings go out every 0.1 s here instead of 1 s, so a
worker counts as hung after 1 s; one with requests that are still waited for is given until their deadline, 5 s here.
"""

from __future__ import annotations

import os
import signal
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
import anyio

from tests.drills.kit.core import Core
from tests.drills.kit.probe import Probe, answered, get, pids, pools
from tests.drills.kit.processes import resident
from tests.drills.kit.project import project
from tests.drills.kit.verdict import must, share, timely

TIMES = 10
LIMIT = 900.0
P99 = 0.05
BYPASSED = 1.0
OUTBOUND = 2 * 1024 * 1024
GROWTH = 200.0  # megabytes, whatever the number of times
CONFIG = f"[wire]\noutbound = {OUTBOUND}\n[workers]\ncancelGrace = 0.3\n" + "".join(
    f"[workers.{name}]\npingEvery = 0.1\nstopGrace = 0.5\n" for name in ("python", "node", "ruby")
)
STEPS = {
    "hello_js_step.js": """
        exports.config = { type: 'api', name: 'HelloJs', method: 'GET', path: '/js', emits: [] }
        exports.handler = async () => ({ status: 200, body: { hello: 'js' } })
    """,
    "hello_py_step.py": """
        config = {"type": "api", "name": "HelloPy", "method": "GET", "path": "/py", "emits": []}

        async def handler(req, context):
            return {"status": 200, "body": {"hello": "py"}}
    """,
    "block_py_step.py": """
        import time

        config = {"type": "api", "name": "BlockPy", "method": "GET", "path": "/block", "emits": []}

        async def handler(req, context):
            time.sleep(1)
            return {"status": 200, "body": {}}
    """,
    "slow_py_step.py": """
        import asyncio

        config = {"type": "api", "name": "SlowPy", "method": "GET", "path": "/slow", "emits": [],
                  "infrastructure": {"handler": {"timeout": 1}}}

        async def handler(req, context):
            await asyncio.sleep(30)
    """,
    "take_rb_step.rb": """
        def config
          { type: 'api', name: 'TakeRb', method: 'POST', path: '/take', emits: [],
            infrastructure: { handler: { timeout: 5 } } }
        end

        def handler(req, context)
          { status: 200, body: { size: req.body['text'].length } }
        end
    """,
    "hello_rb_step.rb": """
        def config
          { type: 'api', name: 'HelloRb', method: 'GET', path: '/rb', emits: [] }
        end

        def handler(req, context)
          { status: 200, body: {} }
        end
    """,
}


class Harm:
    """Each method does one harm once and notes how long the language could not be asked."""

    def __init__(self, core: Core, session: aiohttp.ClientSession) -> None:
        self.bypassed: list[float] = []
        self.replaced: list[float] = []
        self._core = core
        self._session = session

    async def stopped_idle(self) -> None:
        began, victim = time.monotonic(), await self._stop("python")
        self.bypassed.append(await answered(self._session, self._core.url + "/py"))
        await self._replaced("python", victim, began)

    async def stopped_at_work(self) -> None:
        async with anyio.create_task_group() as group:
            statuses: list[int] = []

            async def ask() -> None:
                statuses.append((await get(self._session, self._core.url + "/slow"))[0])

            group.start_soon(ask)
            await anyio.sleep(0.1)
            began, victim = time.monotonic(), await self._stop("python")
            self.bypassed.append(await answered(self._session, self._core.url + "/py"))
            await self._replaced("python", victim, began)
        must(statuses in ([504], [502]), f"the request that was under way was answered {statuses}")

    async def blocked_loop(self) -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(get, self._session, self._core.url + "/block")
            await anyio.sleep(0.3)
            self.bypassed.append(await answered(self._session, self._core.url + "/py"))

    async def does_not_read(self) -> None:
        began, victim = time.monotonic(), await self._stop("ruby")
        body, statuses = {"text": "x" * 200_000}, []

        async def send() -> None:
            async with self._session.post(self._core.url + "/take", json=body) as answer:
                statuses.append(answer.status)

        async with anyio.create_task_group() as group:
            for _ in range(60):
                group.start_soon(send)
            await self._replaced("ruby", victim, began)
        self.bypassed.append(await answered(self._session, self._core.url + "/rb"))
        must(set(statuses) <= {200, 502, 503, 504}, f"answers while a worker did not read: {set(statuses)}")

    async def _stop(self, pool: str) -> set[int]:
        """Stops a worker of the pool that is ready; asks until there is one. Of those at work, if any are."""
        while True:
            ready = [one for one in (await pools(self._session, self._core.url))[pool] if one["state"] == "ready"]
            if ready:
                victim = max(ready, key=lambda one: one["inFlight"])["pid"]
                os.kill(victim, signal.SIGSTOP)
                return {victim}
            await anyio.sleep(0.01)

    async def _replaced(self, pool: str, victims: set[int], began: float) -> None:
        while victims & pids((await pools(self._session, self._core.url))[pool]):
            must(time.monotonic() - began < 30, f"a stopped worker of {pool} is still there after 30 s")
            await anyio.sleep(0.02)
        self.replaced.append(time.monotonic() - began)


async def run(scale: float, report: Callable[[str], None]) -> dict[str, object]:
    times = max(1, int(TIMES * scale))
    with tempfile.TemporaryDirectory() as name:
        where = project(Path(name), languages=(), config=CONFIG, more=STEPS)
        timeout = aiohttp.ClientTimeout(total=60)
        async with Core(where) as core, aiohttp.ClientSession(timeout=timeout) as session:
            harm = Harm(core, session)
            for path in ("/py", "/rb", "/js"):
                await answered(session, core.url + path)
            before = resident(core.pid)
            alone = await probed(session, core, lambda: anyio.sleep(min(5.0, 0.5 + 4.5 * scale)))

            async def all_of_it() -> None:
                for number in range(1, times + 1):
                    report(f"{number} of {times}")
                    async with anyio.create_task_group() as group:
                        group.start_soon(harm.does_not_read)
                        for one in (harm.stopped_idle, harm.stopped_at_work, harm.blocked_loop):
                            await one()

            beside = await probed(session, core, all_of_it)
            memory = resident(core.pid)
            growth = memory - before
            gone = await core.end()
    must(not beside.refused, f"{beside.refused} requests of another language failed")
    must(growth < GROWTH, f"workers that did not read cost {growth:.0f} MB, {GROWTH:.0f} are allowed")
    timely(scale, max(harm.bypassed), BYPASSED, "asking a language of which a worker hung")
    timely(scale, share(beside.times, 0.99), P99, "the p99 of another language")
    return {
        "hung": len(harm.replaced),
        "bypassed_max_s": max(harm.bypassed),
        "recovery_p50_s": share(harm.replaced, 0.5),
        "recovery_max_s": max(harm.replaced),
        "others_p99_before_ms": share(alone.times, 0.99) * 1000,
        "others_p99_ms": share(beside.times, 0.99) * 1000,
        "others_asked": len(beside.times),
        "growth_mb": growth,
        "memory_mb": memory,
        "orphans": 0,
        "gone_after_s": gone,
    }


async def probed(session: aiohttp.ClientSession, core: Core, work: Callable[[], Awaitable[None]]) -> Probe:
    probe = Probe(session, core.url + "/js")
    async with anyio.create_task_group() as group:
        group.start_soon(probe.run)
        await work()
        group.cancel_scope.cancel()
    return probe
