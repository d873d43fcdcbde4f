"""The orderly end: what runs may finish, once; nothing new begins; no worker stays behind."""

from __future__ import annotations

import json
import signal
import threading
from pathlib import Path

import pytest

from tests.kit.project import write
from tests.kit.server import Answer, motia, serving, until

STEPS = {
    "steps/slow_step.py": """
        import asyncio

        config = {"type": "api", "name": "Slow", "method": "GET", "path": "/slow", "emits": []}

        async def handler(req, context):
            await context.state.set("slow", "began", True)
            await asyncio.sleep(1)
            await context.state.set("slow", "ended", True)
            return {"status": 200, "body": {"finished": True}}
    """,
    "steps/work.step.js": """
        exports.config = { type: 'event', name: 'Work', subscribes: ['work'], emits: [] }

        exports.handler = async (input, { state, attempt }) => {
          await state.set('work', 'began', attempt)
          await new Promise((resolve) => setTimeout(resolve, 1000))
          await state.update('work', 'runs', [{ op: 'append', value: attempt }])
        }
    """,
}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_request_under_way_is_answered(tmp_path: Path, number: int) -> None:
    project = write(tmp_path, STEPS)
    answers: list[Answer] = []
    with serving(project) as server:
        thread = threading.Thread(target=lambda: answers.append(server.get("/slow")))
        thread.start()
        until(lambda: server.state("slow", "began"))
        pids = server.workers()
        assert server.stop(number) == 0
        thread.join(10)
    assert [(answer.status, answer.json) for answer in answers] == [(200, {"finished": True})]
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]
    assert not (project / ".motia" / "run" / "server.json").exists()


def test_a_delivery_under_way_finishes_and_runs_once(tmp_path: Path) -> None:
    project = write(tmp_path, STEPS)
    with serving(project) as server:
        server.post("/emit", {"topic": "work", "data": {}})
        until(lambda: server.state("work", "began"))
        assert server.stop() == 0
    assert json.loads(motia(project, "state", "get", "work", "runs").stdout) == [1]


def test_killing_the_core_leaves_no_worker(tmp_path: Path) -> None:
    project = write(tmp_path, STEPS)
    with serving(project) as server:
        pids = server.workers()
        assert len(pids) == 2
        server.kill()
        until(lambda: not [pid for pid in pids if Path(f"/proc/{pid}").exists()], patience=2)
