"""Document B in one project, with a server, and ways to see what its programs did."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from motia_core.cli.client import Client, read_server_file
from tests.kit.project import write
from tests.kit.server import Server, motia, serving, until
from tests.seeds.program import copy

# Hears everything the programs emit, and in another language than theirs.
WITNESS = """
import json
import pathlib

config = {"type": "event", "name": "Witness", "subscribes": ["*"], "emits": []}
FILE = pathlib.Path(__file__).parents[1] / "witnessed.jsonl"


def handler(input, context):
    with FILE.open("a") as file:
        file.write(json.dumps({"topic": context.topic, "data": input, "trace": context.trace_id}) + "\\n")
"""


@contextmanager
def document_b(project: Path) -> Iterator[Server]:
    write(copy("B", project), {"steps/witness_step.py": WITNESS, "lines.txt": "x" * 2500})
    for name in ("effects.jsonl", "witnessed.jsonl"):
        (project / name).touch()
    with serving(project, NODE_OPTIONS=f"--require {project / 'supplied.cjs'}") as running:
        yield running


def lines(server: Server, name: str) -> list[dict[str, Any]]:
    text = (server.project / name).read_text("utf-8")
    return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]


def calls(server: Server, name: str) -> list[list[Any]]:
    """The arguments of every call of a supplied function so far."""
    return [line["args"] for line in lines(server, "effects.jsonl") if line["name"] == name]


def heard(server: Server, topic: str) -> list[Any]:
    """The data of every event of the topic so far."""
    return [line["data"] for line in lines(server, "witnessed.jsonl") if line["topic"] == topic]


def slack(server: Server, channel: str, text: str) -> object:
    """Waits for a message."""
    return until(
        lambda: any(
            sent["channel"] == channel and text in sent["message"] for [sent] in calls(server, "sendSlackNotification")
        )
    )


def run(server: Server, name: str, data: object = None) -> Any:
    """What the handler returns, as `motia run` shows it, without the wait for a command to start."""
    client = Client(read_server_file(server.project / ".motia"))
    ran = client.post("/__motia/api/run", {"step": name, "input": data}, timeout=30)
    assert ran.get("error") is None, ran
    return ran["result"]


def set_state(server: Server, key: str, value: object) -> None:
    done = motia(server.project, "state", "set", "default", key, json.dumps(value))
    assert done.returncode == 0, done.stderr


def emit(server: Server, topic: str, data: object) -> str:
    """The trace id."""
    answer = server.post("/emit", {"topic": topic, "data": data})
    assert answer.status == 200
    return str(answer.json["traceId"])
