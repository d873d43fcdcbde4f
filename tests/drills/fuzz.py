"""Hostile lines on the wire

Malformed and hostile lines through the core's end of the wire without any process, through real pipes into a supervisor
that serves another pool meanwhile, and into each runner. Nothing crashes or hangs, only the worker that babbles is
replaced, and memory stays flat.
"""

from __future__ import annotations

import json
import os
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import anyio.to_thread
from msgspec import Raw

from motia_core.clock import Clock
from motia_core.config import knobs
from motia_core.errors import MotiaError, RemoteProtocolError, WorkerDied, WorkersBusy
from motia_core.protocol.envelope import ErrorObject
from motia_core.protocol.peer import Peer, Request
from motia_core.workers.answers import RunnerError
from motia_core.workers.languages import Runner
from motia_core.workers.launch import Site
from motia_core.workers.supervisor import Supervisor
from tests.conformance import garbage
from tests.conformance.harness import Worker
from tests.conformance.manifests import make_project, runners
from tests.drills.kit.processes import resident
from tests.drills.kit.verdict import must
from tests.drills.programs import hostile

PEER, PIPES, RUNNER = 1_000_000, 20_000, 100_000
FLAT = 48.0
"""Megabytes by which memory may differ between an early and the last look: heaps breathe."""

PROGRAMS = Path(__file__).parent / "programs"
Report = Callable[[str], None]


async def run(scale: float, report: Report) -> dict[str, object]:
    peer = await anyio.to_thread.run_sync(through_the_peer, int(PEER * scale), report)
    pipes = await through_pipes(int(PIPES * scale), report)
    figures = {**peer, **pipes}
    for runner in runners():
        if not (runner.fault or runner.problem):
            figures |= await anyio.to_thread.run_sync(into_a_runner, runner.name, int(RUNNER * scale), report)
    return figures


def through_the_peer(count: int, report: Report, seed: int = 1) -> dict[str, object]:
    """The sans-I/O end alone: lines cut anywhere; what it raises is RemoteProtocolError and nothing else. Only lines
    it has judged are counted, not those that a broken one before them in the same piece kept from it."""
    dice, peer, broken, happened, slowest = random.Random(seed), _greeted(), 0, 0, 0.0
    early = 0.0
    at = 0
    while happened + broken < count:
        at += 500
        data, place = b"".join(hostile.lines(seed + at, 500, fatal=0.02)), 0
        while place < len(data):
            cut = dice.choice((13, 100, 4096, 65536))
            piece, place = data[place : place + cut], place + cut
            began = time.thread_time()
            try:
                for what in peer.feed(piece):
                    happened += 1
                    if isinstance(what, Request):
                        peer.fail(what.id, ErrorObject(-32601, "no"))
            except RemoteProtocolError:
                broken, peer = broken + 1, _greeted()
                # What stands behind the broken line is never read: a new worker begins with a line of its own.
                place = data.find(b"\n", place) + 1 or len(data)
            slowest = max(slowest, time.thread_time() - began)
        if happened <= count // 5:
            early = resident(os.getpid())
        if at % 10_000 == 0:
            report(f"peer: {happened + broken:,} of {count:,} lines, {broken:,} conversations ended")
    growth = resident(os.getpid()) - early
    must(broken and happened, "the lines were not hostile")
    must(growth < FLAT, f"the peer's memory grew by {growth:.0f} MB")
    must(slowest < 1.0, f"one piece kept the peer busy for {slowest:.2f} s")
    return {"peer_lines": happened + broken, "peer_ended": broken, "peer_slowest_s": slowest, "peer_growth_mb": growth}


def _greeted() -> Peer:
    peer = Peer(frame=hostile.FRAME, depth=100)
    peer.call("initialize", b"{}")
    peer.feed(b'{"jsonrpc":"2.0","id":1,"result":{}}\n')
    for _ in range(5):
        peer.call("step.run", b"{}")
    return peer


async def through_pipes(count: int, report: Report, seed: int = 1) -> dict[str, object]:
    """Two pools under supervisors: one program babbles, the other one is asked all the time and must not notice. Of a
    worker that is ended on the way only the line that ended it is counted: nobody reads the rest."""
    done = runs = dead = refused = tries = 0
    with tempfile.TemporaryDirectory() as folder:
        async with _pool("babbles.py", Path(folder)) as guilty, _pool("good.py", Path(folder)) as innocent:
            first, early, over = [one.name for one in innocent.status().workers], 0.0, anyio.Event()

            async def asks() -> None:
                nonlocal runs
                while not over.is_set():
                    must(await _ask(innocent, {"value": runs}, 10.0) == runs, "the innocent pool answered wrongly")
                    runs += 1

            async with anyio.create_task_group() as group:
                group.start_soon(asks)
                while done < count:
                    tries, some = tries + 1, min(10, count - done)
                    try:
                        await _ask(guilty, {"seed": seed + tries, "count": some, "fatal": 0.02}, 20.0)
                    except WorkerDied:
                        dead, some = dead + 1, 1
                    except WorkersBusy:
                        refused, some = refused + 1, 0  # nothing was written
                    except RunnerError:
                        pass  # it answered its own call with an error
                    except (KeyError, TypeError, ValueError):
                        pass  # it answered its own call with nonsense
                    done += some
                    early = resident(os.getpid()) if done <= count // 5 else early
                    report(f"pipes: {done:,} of {count:,} lines, {dead:,} workers replaced, {runs:,} others answered")
                over.set()
            growth = resident(os.getpid()) - early
            last = [one.name for one in innocent.status().workers]
            replaced = guilty.status().restarts
            state = innocent.status().state
    must(dead and runs, "no worker was ended, or nobody was served meanwhile")
    must(not refused, f"{refused} times there was no worker to babble: the drill shows less than it says")
    must(dead <= replaced <= dead + 1, f"{dead} workers died of what they wrote, {replaced} were replaced")
    must(first == last and state == "ready", f"the innocent pool was touched: {first}, then {last}, {state}")
    must(growth < FLAT, f"memory grew by {growth:.0f} MB")
    return {"pipe_lines": done, "pipe_workers_replaced": dead, "pipe_others_served": runs, "pipe_growth_mb": growth}


async def _ask(pool: Supervisor, task: dict[str, object], seconds: float) -> object:

    worker = await pool.pool.acquire()
    try:
        number = Clock().new_id()
        params = json.dumps({"invocation": number, "input": task}).encode()
        result = await worker.run(number, params, deadline=Clock().monotonic() + seconds)
        return json.loads(bytes(result))["value"]
    finally:
        pool.pool.release(worker)


@asynccontextmanager
async def _pool(program: str, folder: Path) -> AsyncIterator[Supervisor]:
    command = (sys.executable, "-S", str(PROGRAMS / program))
    runner = Runner(name=program[:-3], folder=PROGRAMS, languages={}, sdk=PROGRAMS, command=command, wire="stdio")
    wire = knobs.Wire(frame=hostile.FRAME)
    site = Site(project=folder, run_dir=folder, cache=folder, mode="test", wire=wire, cancel_grace=0.2, environment={})
    settings = knobs.Pool(
        max=1, restart_delay=0.01, restart_cap=0.02, crash_loop=10**9, queue_wait=60.0, start_timeout=30.0
    )

    async def refuse(worker: str, method: str, params: Raw) -> bytes:
        raise MotiaError(f"{method} is not served here")

    supervisor = Supervisor(
        runner, settings, site, handler=refuse, log=lambda worker, log: None, clock=Clock(), prepare=None
    )
    async with anyio.create_task_group() as group:
        await group.start(supervisor.run)
        try:
            yield supervisor
        finally:
            with anyio.CancelScope(shield=True), anyio.move_on_after(20):
                await supervisor.stop(1.0)


def into_a_runner(name: str, count: int, report: Report, seed: int = 1) -> dict[str, object]:
    """A real worker, and a core out of its mind: it answers pings to the end and is still the same process."""
    runner = next(one for one in runners() if one.name == name)
    early = 0.0
    with tempfile.TemporaryDirectory() as folder:
        project = make_project(name, Path(folder) / "project")
        targets = [project.files["value"], "steps/absent_step.x", "../x", ""]
        with Worker(runner, project) as worker:
            worker.handshake({"frame": hostile.FRAME})
            for at in range(0, count, 500):
                for line in garbage.lines(seed + at, min(500, count - at), targets):
                    worker.send(line)
                _pong(worker, 10**8 + at, name, at)
                if at <= count // 5:
                    early = resident(worker.process.pid)
                if at % 5000 == 0:
                    report(f"{name}: {at:,} of {count:,} lines")
            growth = resident(worker.process.pid) - early
            must(worker.process.poll() is None, f"{name} ended")
    must(growth < FLAT, f"{name}: memory grew by {growth:.0f} MB")
    return {f"{name}_lines": count, f"{name}_growth_mb": growth}


def _pong(worker: Worker, number: int, name: str, at: int) -> None:
    worker.ask({"id": number, "method": "ping", "params": {}})
    while (message := worker.message()) is not None:
        if message.get("id") == number:
            return
    must(False, f"{name} ended with {worker.exit_code()} after line {at}:\n{worker.stderr[-2000:]}")
