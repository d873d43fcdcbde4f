"""A client that leaves a streamed answer has ended it, as such answers end; it has not made the step fail."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.kit.project import write
from tests.kit.server import Server, motia, serving, until

STEPS = {
    "motia.toml": 'drainTimeout = 0.2\nlogLevel = "debug"\n',
    "steps/node.step.js": """
        exports.config = { type: 'api', name: 'Node', method: 'GET', path: '/node', emits: [] }
        exports.handler = async () => ({
          status: 200,
          headers: { 'content-type': 'text/event-stream' },
          body: (async function* () { for (;;) { yield 'tick'; await new Promise((done) => setTimeout(done, 5)) } })(),
        })
    """,
    "steps/python_step.py": """
        import asyncio
        config = {"type": "api", "name": "Python", "method": "GET", "path": "/python", "emits": []}
        async def ticks():
            while True:
                yield "tick"
                await asyncio.sleep(0.005)
        async def handler(req, context):
            return {"status": 200, "headers": {"content-type": "text/event-stream"}, "body": ticks()}
    """,
    "steps/ruby_step.rb": """
        def config
          { type: 'api', name: 'Ruby', method: 'GET', path: '/ruby', emits: [] }
        end
        def handler(req, context)
          ticks = Enumerator.new { |out| loop { out << 'tick'; sleep 0.005 } }
          { status: 200, headers: { 'content-type' => 'text/event-stream' }, body: ticks }
        end
    """,
    "steps/silent_step.py": """
        import asyncio
        config = {"type": "api", "name": "Silent", "method": "GET", "path": "/silent", "emits": []}
        async def handler(req, context):
            context.logger.info("working")
            await asyncio.sleep(60)
    """,
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(write(tmp_path_factory.mktemp("leaving"), STEPS)) as running:
        yield running


def opened(server: Server, path: str, method: str = "GET") -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection("127.0.0.1", int(server.url.rpartition(":")[2]), timeout=30)
    connection.request(method, path)
    return connection


def ended(server: Server, step: str) -> dict[str, Any]:
    """The newest run of that step, once it has ended."""

    def last() -> dict[str, Any] | None:
        found = json.loads(motia(server.project, "trace", "--step", step, "--json").stdout)
        runs = found["items"] if isinstance(found, dict) else found
        if not runs:
            return None
        spans = json.loads(motia(server.project, "trace", runs[0]["id"], "--json").stdout)
        return next((one for one in spans if one["status"] != "running"), None)

    found: dict[str, Any] = until(last)
    return found


@pytest.mark.parametrize("step", ["Node", "Python", "Ruby"])
def test_a_reader_that_leaves_ends_the_stream(server: Server, step: str) -> None:
    connection = opened(server, f"/{step.lower()}")
    assert b"tick" in connection.getresponse().read(12)
    connection.close()
    found = ended(server, step)
    assert (found["status"], found.get("error")) == ("completed", None)
    lines = until(lambda: server.logs("--step", step, "--level", "debug"))
    assert "the client left before the end of the stream" in [line["msg"] for line in lines]


def test_one_that_asks_for_the_head_alone_gets_it_and_may_go_on(server: Server) -> None:
    connection = opened(server, "/python", "HEAD")
    for _ in range(2):
        answer = connection.getresponse()
        assert (answer.status, answer.getheader("content-type")) == (200, "text/event-stream")
        answer.read()
        connection.request("HEAD", "/python")
    connection.getresponse().read()
    connection.close()
    assert ended(server, "Python")["status"] == "completed"


def test_one_that_leaves_before_the_answer_has_cancelled_the_run(server: Server) -> None:
    connection = opened(server, "/silent")
    until(lambda: server.logs("--step", "Silent"))
    connection.close()
    found = ended(server, "Silent")
    assert (found["status"], found["error"]["message"]) == ("failed", "cancelled")


def test_a_server_that_stops_in_the_middle_is_no_end_of_the_stream(server: Server) -> None:
    """Runs last: it ends the server."""
    connection = opened(server, "/node")
    assert b"tick" in connection.getresponse().read(12)
    server.stop()
    assert ended(server, "Node")["status"] == "failed"
    connection.close()
