"""Not a worker but a core that is process 1: kills a worker whose children then become its own, and waits until none of
them is left, not even as a zombie. Prints how many there were."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import anyio

from motia_core.clock import Clock
from motia_core.config import knobs
from motia_core.workers.languages import Runner
from motia_core.workers.launch import Site
from motia_core.workers.supervisor import Supervisor

HERE = Path(__file__).parent


async def nothing(worker: str, method: str, params: object) -> bytes:
    return b"{}"


async def main() -> None:
    clock = Clock()
    command = (sys.executable, str(HERE / "good.py"))
    runner = Runner(name="drill", folder=HERE, languages={}, sdk=HERE, command=command)
    site = Site(project=HERE, run_dir=HERE, cache=HERE, mode="test")
    supervisor = Supervisor(runner, knobs.Pool(), site, handler=nothing, log=lambda worker, log: None, clock=clock)
    async with anyio.create_task_group() as tasks:
        await tasks.start(supervisor.run)
        worker = await supervisor.pool.acquire()
        params = json.dumps({"invocation": "1", "input": {"children": 2}}).encode()
        await worker.run("1", params, deadline=clock.monotonic() + 60)
        supervisor.pool.release(worker)
        print(sleepers(), flush=True)
        os.kill(worker.pid, signal.SIGKILL)
        while sleepers():
            await anyio.sleep(0.05)
        await supervisor.stop(1.0)


def sleepers() -> int:
    """Also those that have ended: a zombie keeps its name."""
    names = subprocess.run(["ps", "-e", "-o", "comm="], capture_output=True, text=True, check=True).stdout
    return sum(name.startswith("sleep") for name in names.splitlines())


anyio.run(main, backend_options={"use_uvloop": sys.argv[1] == "uvloop"})
