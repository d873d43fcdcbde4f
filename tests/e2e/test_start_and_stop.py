"""Starts against odds and stops at bad moments: the right person is told, nothing acknowledged is lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.kit.project import write
from tests.kit.server import motia, serving, until

HELLO = """
    config = {"type": "api", "name": "C", "method": "GET", "path": "/c", "emits": []}

    async def handler(req, context):
        return {"status": 200, "body": {"ok": True}}
"""


@pytest.mark.rows(21)
def test_missing_runtime_disables_only_its_language(tmp_path: Path) -> None:
    """A PATH without node and ruby: Python goes on, the others say what to install."""
    project = write(
        tmp_path,
        {
            "steps/a.step.js": "exports.config = { type: 'api', name: 'A', method: 'GET', path: '/a', emits: [] }\n"
            "exports.handler = async () => ({ status: 200, body: {} })\n",
            "steps/b_step.rb": "def config = { type: 'api', name: 'B', method: 'GET', path: '/b', emits: [] }\n"
            "def handler(req) = { status: 200, body: {} }\n",
            "steps/c_step.py": 'config = {"type": "api", "name": "C", "method": "GET", "path": "/c", "emits": []}\n'
            'async def handler(req, context):\n    return {"status": 200, "body": {"ok": True}}\n',
        },
    )
    empty = tmp_path / "bin"
    empty.mkdir()
    with serving(project, PATH=str(empty)) as server:
        assert server.get("/c").json == {"ok": True}
        assert "install Node 20.19 or newer" in server.output
        assert "apt-get install ruby" in server.output
        assert server.get("/health").json["status"] == "degraded"


def test_busy_port(tmp_path: Path) -> None:
    project = write(tmp_path, {"steps/c_step.py": HELLO})
    with serving(project) as server:
        port = server.url.rsplit(":", 1)[1]
        other = write(tmp_path / "other", {"steps/c_step.py": HELLO})
        done = motia(other, "start", "--port", port, "--host", "127.0.0.1")
        assert done.returncode == 1
        assert port in done.stderr and "in use" in done.stderr
        assert "Traceback" not in done.stderr


def test_events_survive_a_stop(tmp_path: Path) -> None:
    """SIGTERM while an event step sleeps: it finishes; what was not begun runs after the next start."""
    project = write(
        tmp_path,
        {
            "steps/slow_step.py": """
                import asyncio

                config = {"type": "event", "name": "Slow", "subscribes": ["slow"], "emits": [],
                          "infrastructure": {"queue": {"concurrency": 1}}}

                async def handler(input, context):
                    await asyncio.sleep(0.3)
                    await context.state.update("done", "count", [{"op": "increment", "value": 1}])
            """
        },
    )
    with serving(project) as server:
        for _ in range(5):
            assert server.post("/emit", {"topic": "slow", "data": {}}).json["success"]
        assert server.stop() == 0
    done = json.loads(motia(project, "state", "get", "done", "count").stdout or "0")
    assert done < 5
    with serving(project) as server:
        until(lambda: server.state("done", "count") == 5)


def test_second_signal_stops_now(tmp_path: Path) -> None:
    project = write(
        tmp_path,
        {
            "steps/stuck_step.py": """
                import time

                config = {"type": "event", "name": "Stuck", "subscribes": ["stuck"], "emits": []}

                def handler(input, context):
                    context.state.set("began", "at", context.attempt)
                    time.sleep(3600)
            """
        },
    )
    with serving(project) as server:
        server.post("/emit", {"topic": "stuck", "data": {}})
        until(lambda: server.state("began", "at"))
        pids = server.workers()
        server.process.send_signal(2)
        until(lambda: "stopping" in server.output)
        assert server.stop(2) == 0
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]
