"""Not a worker but a core: runs a supervisor over good workers in the middle of their work, until it is killed."""

from __future__ import annotations

import json
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
    supervisor = Supervisor(runner, knobs.Pool(min=2), site, handler=nothing, log=lambda worker, log: None, clock=clock)
    async with anyio.create_task_group() as tasks:
        await tasks.start(supervisor.run)
        while len(supervisor.status().workers) < 2 or supervisor.status().workers[1].state != "ready":
            await anyio.sleep(0.01)
        for n in range(8):
            worker = await supervisor.pool.acquire()
            params = json.dumps({"invocation": str(n), "input": {"sleep": 60, "children": 2}}).encode()
            tasks.start_soon(lambda w=worker, n=n, p=params: w.run(str(n), p, deadline=clock.monotonic() + 60))
        print(json.dumps([worker.pid for worker in supervisor.status().workers]), flush=True)
        await anyio.sleep_forever()


anyio.run(main, backend_options={"use_uvloop": sys.argv[1] == "uvloop"})
