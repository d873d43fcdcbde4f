"""Workers fail

Step files that fail or end their process when imported, a language whose interpreter ends at once, and a handler that
loses memory with every request. The other steps serve all the time; a language that cannot start is tried again ever
more seldom, `/health` and one line of the console say so, and it serves by itself once it is mended; a worker that has
grown too large is replaced without a request being refused. The delay between restarts is capped at 1 s here.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import anyio

from tests.drills.kit.core import Core
from tests.drills.kit.probe import Probe, answered, get, pools
from tests.drills.kit.processes import resident
from tests.drills.kit.project import project
from tests.drills.kit.verdict import Skipped, must, share
from tests.kit.project import write

SECONDS = 180.0
LIMIT = 600.0
STARTS_A_MINUTE = 150  # at a cap of 1 s, less up to a quarter, and the quick ones in the beginning
RESTARTS = 8  # of a language of which two files end their process; each is tried once or twice, then left alone
COUNTS = {"state", "workers", "ready", "inFlight", "waiting", "failures", "nextTry"}
CONFIG = """
[workers.python]
memory = 90_000_000
[workers.ruby]
restartCap = 1
"""
STEPS = {
    "hello_js_step.js": """
        exports.config = { type: 'api', name: 'HelloJs', method: 'GET', path: '/js', emits: [] }
        exports.handler = async () => ({ status: 200, body: {} })
    """,
    "hello_rb_step.rb": """
        def config
          { type: 'api', name: 'HelloRb', method: 'GET', path: '/rb', emits: [] }
        end

        def handler(req, context)
          { status: 200, body: {} }
        end
    """,
    "leak_py_step.py": """
        config = {"type": "api", "name": "LeakPy", "method": "GET", "path": "/leak", "emits": []}
        kept = []

        async def handler(req, context):
            kept.append(b"x" * 500_000)
            return {"status": 200, "body": {}}
    """,
    "fails_py_step.py": 'raise RuntimeError("cannot be imported")\n',
    "ends_py_step.py": "import os\n\nos._exit(7)\n",
    "fails_js_step.js": "throw new Error('cannot be imported')\n",
    "ends_js_step.js": "process.kill(process.pid, 'SIGKILL')\n",
}
RUBY = """
    #!/bin/sh
    case "$*" in
      *motia_runner*) echo start >> "$DRILL_STARTS"; [ -e "$DRILL_CURE" ] || exit 3 ;;
    esac
    exec {ruby} "$@"
"""


async def run(scale: float, report: Callable[[str], None]) -> dict[str, object]:
    seconds = max(2.0, SECONDS * scale)
    ruby = shutil.which("ruby")
    if ruby is None:
        raise Skipped("there is no ruby")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bin_ = write(folder / "bin", {"ruby": RUBY.format(ruby=ruby)})
        (bin_ / "ruby").chmod(0o755)
        starts, cure = folder / "starts", folder / "cure"
        where = project(folder / "project", languages=(), config=CONFIG, more=STEPS)
        env = {
            "PATH": f"{bin_}{os.pathsep}{os.environ['PATH']}",
            "DRILL_STARTS": str(starts),
            "DRILL_CURE": str(cure),
        }
        async with Core(where, **env) as core, aiohttp.ClientSession() as session:
            began = time.monotonic()
            pool = await told(session, core, "crash-looping")
            must(pool["failures"] >= 5 and pool["nextTry"] >= 0, f"/health does not say when it is tried again: {pool}")
            must(pool.keys() <= COUNTS, f"/health says more of a pool than counts: {pool}")
            must((await get(session, core.url + "/rb"))[0] in (404, 503), "a language that cannot start serves")
            leak, beside = Probe(session, core.url + "/leak", 0.001), Probe(session, core.url + "/js")
            async with anyio.create_task_group() as group:
                group.start_soon(leak.run)
                group.start_soon(beside.run)
                while (retired := await recycled(session, core)) < 1 or time.monotonic() - began < seconds:
                    report(f"{retired} workers replaced for their memory, {len(leak.times):,} requests")
                    must(time.monotonic() - began < seconds + 60, "no worker was replaced for its memory")
                    await anyio.sleep(0.2)
                group.cancel_scope.cancel()
            restarts = await spawned(session, core)
            tried, looped = len(starts.read_text().splitlines()), time.monotonic() - began
            report("mending the language that cannot start")
            cure.touch()
            mended = await answered(session, core.url + "/rb")
            must("nextTry" not in await told(session, core, "ready"), "a circuit that is closed has a next try")
            for said in ("workers in a row did not start", "ruby: workers start again"):
                lines = core.server.output.count(said)
                must(lines == 1, f"{lines} lines of the console say: {said}")
            memory = resident(core.pid)
            gone = await core.end()
    must(not leak.refused, f"{leak.refused} requests failed while workers were replaced")
    must(not beside.refused, f"{beside.refused} requests of another step failed")
    must(restarts["node"] <= RESTARTS, f"files that end their process cost {restarts['node']} starts of Node")
    must(tried <= 10 + STARTS_A_MINUTE * looped / 60, f"{tried} starts in {looped:.0f} s")
    return {
        "requests": len(leak.times) + len(beside.times),
        "refused": 0,
        "replaced_for_memory": retired,
        "node_starts": restarts["node"],
        "crash_loop_starts_per_min": tried / looped * 60,
        "others_p99_ms": share(beside.times, 0.99) * 1000,
        "mended_after_s": mended,
        "memory_mb": memory,
        "orphans": 0,
        "gone_after_s": gone,
    }


async def told(session: aiohttp.ClientSession, core: Core, state: str) -> dict[str, Any]:
    """What `/health` says of Ruby's pool once it says this of Ruby; the server is degraded all the time, for its broken
    files."""
    end = time.monotonic() + 30
    while True:
        status, health = await get(session, core.url + "/health")
        must((status, health["status"]) == (200, "degraded"), f"/health says {status} {health}")
        if health["languages"].get("ruby") == state:
            return dict(health["pools"]["ruby"])
        must(time.monotonic() < end, f"/health never said that Ruby is {state}: {health}")
        await anyio.sleep(0.02)


async def recycled(session: aiohttp.ClientSession, core: Core) -> int:
    _, found = await get(session, core.url + "/__motia/api/workers")
    return sum(one["reason"] == "memory" for pool in found for one in pool["retired"])


async def spawned(session: aiohttp.ClientSession, core: Core) -> dict[str, int]:
    """How many workers each pool has started so far: they are numbered."""
    found = await pools(session, core.url)
    return {pool: max((int(one["name"].rpartition("-")[2]) for one in all_), default=0) for pool, all_ in found.items()}
