"""One server for every test of the socket: its steps do to a stream what the request says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.kit.project import write
from tests.kit.server import Answer, Server, serving

PROJECT = {
    "steps/todo_stream.py": """
        config = {"name": "todo", "schema": None, "baseConfig": {"storageType": "default"}, "sse": "/live/todo/:groupId"}
    """,
    "steps/notes_stream.py": """
        config = {"name": "notes", "schema": None, "baseConfig": {"storageType": "default"}}
    """,
    "steps/secret_stream.py": """
        config = {
            "name": "secret", "schema": None, "baseConfig": {"storageType": "default"}, "sse": "/live/secret/:groupId",
            "canAccess": lambda subscription, auth: subscription["groupId"] == "open",
        }
    """,
    "steps/act_step.py": """
        config = {"name": "act", "type": "api", "path": "/act", "method": "POST", "emits": []}

        async def handler(req, context):
            out = []
            for stream, verb, *args in req["body"]:
                stream = context["streams"][stream]
                out.append(await getattr(stream, verb)(*args))
            return {"status": 200, "body": out}
    """,
    "steps/many_step.py": """
        config = {"name": "many", "type": "api", "path": "/many", "method": "POST", "emits": []}

        async def handler(req, context):
            body = req["body"]
            text = "x" * body.get("size", 1)
            for number in range(body["times"]):
                await context["streams"][body["stream"]].set(body["group"], body["id"], {"n": number, "text": text})
            return {"status": 200, "body": {"ok": True}}
    """,
}
BARE = """
    export default async function ({ body, stream }) {
      await stream('progress', { percent: body.percent })
      return { ok: true }
    }
"""
LIMITS = """
    [streams]
    message = 4096
    subscriptions = 20
    name = 64
    burst = 60
    rate = 50
    outgoing = 65536
    heartbeat = 0.6
    patience = 0.6
    [workbench]
    port = 0
"""


class Site:
    """A server, and what its steps do for a test."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.url = server.url

    def act(self, *what: list[Any]) -> list[Any]:
        """Each is `[stream, verb, *args]`."""
        answer: Answer = self.server.post("/act", what)
        assert answer.status == 200, answer.body
        found: list[Any] = answer.json
        return found

    def set(self, stream: str, group: str, id: str, data: object) -> None:
        self.act([stream, "set", group, id, data])

    def many(self, **what: Any) -> None:
        assert self.server.post("/many", what).status == 200


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = write(tmp_path_factory.mktemp("streams"), PROJECT)
    with serving(folder) as server:
        yield Site(server)


@pytest.fixture(scope="package")
def tight(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with small limits, and a step without a config."""
    folder = write(tmp_path_factory.mktemp("tight"), {**PROJECT, "steps/tell.step.js": BARE, "motia.toml": LIMITS})
    with serving(folder) as server:
        yield Site(server)


@pytest.fixture
def group() -> str:
    """A group of this test's own."""
    return f"g-{uuid4().hex[:8]}"


def write_project(folder: Path) -> Path:
    return write(folder, PROJECT)
