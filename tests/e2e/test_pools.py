"""Steps that name their pool, and steps whose every call has a process of its own, in every language. The tests share one
server and run in order; the last one ends it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.drills.kit.processes import alive
from tests.kit.project import write
from tests.kit.server import Answer, Server, motia, serving, until

FRESH = {"py": "python+fresh", "ts": "node/heavy+fresh", "rb": "ruby/heavy+fresh"}
STEPS = {
    "motia.toml": """
        [workers.pools.heavy]
        min = 2
        freshSpares = 2
        [queue]
        maxRetries = 3
    """,
    "steps/own_step.py": """
        import os

        config = {"type": "api", "name": "Own", "method": "GET", "path": "/own", "emits": []}

        async def handler(req, context):
            return {"status": 200, "body": {"pid": os.getpid()}}
    """,
    "steps/heavy_step.py": """
        import os

        config = {"type": "api", "name": "Heavy", "method": "GET", "path": "/heavy", "emits": [],
                  "infrastructure": {"handler": {"pool": "heavy"}}}

        async def handler(req, context):
            return {"status": 200, "body": {"pid": os.getpid(), "version": 1}}
    """,
    "steps/fresh_step.py": """
        import asyncio
        import os
        import subprocess

        config = {"type": "api", "name": "FreshPy", "method": "GET", "path": "/py", "emits": [],
                  "infrastructure": {"handler": {"fresh": True}}}
        seen = []

        async def handler(req, context):
            seen.append(1)
            if "exit" in req["queryParams"]:
                os._exit(3)
            await asyncio.sleep(float(req["queryParams"].get("sleep", 0)))
            child = subprocess.Popen(["sleep", "600"], preexec_fn=os.setpgrp)
            return {"status": 200, "body": {"pid": os.getpid(), "seen": len(seen), "child": child.pid, "version": 1}}
    """,
    "steps/fresh.step.ts": """
        import { spawn } from 'node:child_process'
        export const config = { type: 'api', name: 'FreshTs', method: 'GET', path: '/ts', emits: [],
          infrastructure: { handler: { fresh: true, pool: 'heavy' } } }
        let seen = 0
        export const handler = async () => {
          seen += 1
          const child = spawn('sleep', ['600'])
          return { status: 200, body: { pid: process.pid, seen, child: child.pid } }
        }
    """,
    "steps/fresh_step.rb": """
        SEEN = []

        def config
          { type: 'api', name: 'FreshRb', method: 'GET', path: '/rb', emits: [],
            infrastructure: { handler: { fresh: true, pool: 'heavy' } } }
        end

        def handler(req, context)
          SEEN << 1
          child = Process.spawn('sleep', '600', pgroup: true)
          { status: 200, body: { pid: Process.pid, seen: SEEN.length, child: child } }
        end
    """,
    "steps/work_step.py": """
        import os

        config = {"type": "event", "name": "Work", "subscribes": ["work"], "emits": [],
                  "infrastructure": {"handler": {"fresh": True}, "queue": {"backoff": {"first": 0.05}}}}

        async def handler(input, context):
            await context.state.update("work", "pids", [{"op": "append", "value": os.getpid()}])
            if context.attempt == 1:
                raise ValueError("not yet")
            if context.attempt == 2:
                os._exit(4)
            await context.state.set("work", "done", context.attempt)
    """,
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(write(tmp_path_factory.mktemp("pools"), STEPS)) as server:
        until(lambda: server.get("/ready").status == 200)
        yield server


def pools(server: Server) -> dict[str, dict[str, Any]]:
    return {pool["name"]: pool for pool in server.get("/__motia/api/workers").json}


def pids(server: Server, pool: str) -> set[int]:
    return {worker["pid"] for worker in pools(server)[pool]["workers"]}


def test_a_named_pool_has_workers_of_its_own(server: Server) -> None:
    own, heavy = server.get("/own").json["pid"], server.get("/heavy").json["pid"]
    assert own in pids(server, "python") and heavy in pids(server, "python/heavy")
    assert len(pids(server, "python/heavy")) == 2, "sized by workers.pools.heavy"
    shown = motia(server.project, "workers").stdout
    assert all(name in shown for name in ("python/heavy", "python+fresh", "node/heavy+fresh"))


def test_health_counts_pools_and_says_no_more(server: Server) -> None:
    health = server.get("/health").json
    assert (health["status"], set(health["languages"])) == ("ok", {"python", "node", "ruby"})
    assert set(health["pools"]) == {"python", "python/heavy", "node", "ruby", *FRESH.values()}
    # On a busy machine a worker may be taken for blocked for a moment.
    heavy = {"state": "ready", "workers": 2, "ready": 2, "inFlight": 0, "waiting": 0}
    until(lambda: server.get("/health").json["pools"]["python/heavy"] == heavy)


@pytest.mark.parametrize("language", FRESH)
def test_a_fresh_call_shares_nothing(server: Server, language: str) -> None:
    found = [server.get(f"/{language}").json for _ in range(3)]
    assert [one["seen"] for one in found] == [1, 1, 1]
    assert len({one["pid"] for one in found}) == 3
    until(lambda: not any(alive(one["pid"]) or alive(one["child"]) for one in found), patience=5)


def test_a_fresh_process_that_dies_fails_its_call_only(server: Server) -> None:
    assert [server.get("/py?exit=1").status for _ in range(6)] == [502] * 6
    assert server.get("/py").status == 200
    assert "ended: crash" in motia(server.project, "workers").stdout
    assert server.get("/health").json["pools"]["python+fresh"]["state"] == "ready"


def test_a_fresh_event_is_tried_again_in_another_process(server: Server) -> None:
    server.post("/emit", {"topic": "work", "data": {}})
    until(lambda: server.state("work", "done") == 3)
    assert len(set(server.state("work", "pids"))) == 3


def test_what_is_saved_is_served(server: Server) -> None:
    steps = server.project / "steps"
    for name, path in (("heavy_step.py", "/heavy"), ("fresh_step.py", "/py")):
        file = steps / name
        file.write_text(file.read_text().replace('"version": 1', '"version": 2'))
        until(lambda path=path: server.get(path).json["version"] == 2)
    own = steps / "own_step.py"
    moved = '"emits": [], "infrastructure": {"handler": {"pool": "light"}}'
    own.write_text(own.read_text().replace('"emits": []', moved))
    until(lambda: "python/light" in pools(server) and server.get("/own").json["pid"] in pids(server, "python/light"))
    own.write_text(own.read_text().replace(moved, '"emits": []'))
    until(lambda: "python/light" not in pools(server) and server.get("/own").json["pid"] in pids(server, "python"))


def test_a_drain_waits_for_a_fresh_call(server: Server) -> None:
    answers: list[Answer] = []
    thread = threading.Thread(target=lambda: answers.append(server.get("/py?sleep=1")))
    thread.start()
    until(lambda: server.get("/health").json["pools"]["python+fresh"]["inFlight"])
    left = [pid for name in pools(server) for pid in pids(server, name)]
    assert server.stop(signal.SIGTERM) == 0
    thread.join(10)
    assert [answer.status for answer in answers] == [200]
    assert not [pid for pid in left if alive(pid)]
