"""The project the command line is tried on: one step of each kind. `server` is shared by the tests of one file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.project import write
from tests.kit.server import Server, serving

STEPS = {
    "steps/greet_step.py": """
        config = {"type": "api", "name": "Greet", "method": "POST", "path": "/greet", "emits": ["greeted"], "flows": ["f"]}

        async def handler(req, context):
            context.logger.info("greeting", {"name": req["body"]["name"]})
            print("printed by the handler")
            await context.state.set("people", req["body"]["name"], {"n": 1})
            await context.emit({"topic": "greeted", "data": req["body"]})
            return {"status": 201, "body": {"hello": req["body"]["name"]}}
    """,
    "steps/follow_up_step.py": """
        config = {"type": "event", "name": "FollowUp", "subscribes": ["greeted"], "emits": [],
                  "infrastructure": {"queue": {"maxRetries": 0}}}

        async def handler(input, context):
            if input["name"] == "Nobody":
                raise ValueError("nobody is nobody")
            await context.state.set("followed", input["name"], context.trace_id)
            return {"followed": input["name"]}
    """,
    "steps/tick_step.py": """
        config = {"type": "cron", "name": "NightlyTick", "cron": "0 3 * * *", "emits": []}

        async def handler(context):
            await context.state.set("ticks", "last", "ran")
    """,
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(tmp_path, STEPS)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(write(tmp_path_factory.mktemp("cli"), STEPS)) as running:
        yield running
