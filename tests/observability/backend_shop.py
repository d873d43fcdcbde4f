"""The example of orders with what it lacks: a step that fails, a stream, a virtual edge, features, a layout, a flood."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from tests.kit.project import write
from tests.kit.server import ROOT, Server

ORDER = {"customer": "Ada", "items": [{"sku": "a", "title": "A", "quantity": 1, "price": 2.5}]}
LAYOUT = (
    '[ {"id":"other",   "config":{"steps/x.py":{"x":1,"y":2}}, "note": "Ünïcode 1.0" },\r\n'
    '  {"id": "orders", "config": {\r\n    "steps/get-order.step.ts": {"x": 7, "y": 8}\r\n  }, "kept": 1.50},\r\n\r\n'
    '\t{"config": {}, "id": "last"} ]\r\n'
)
MORE = {
    "steps/doomed_step.py": """
        config = {
            "type": "event", "name": "Doomed", "subscribes": ["doomed"], "emits": [], "flows": ["extra"],
            "infrastructure": {"queue": {"maxRetries": 0}},
        }

        async def handler(input, context):
            context.logger.info("Trying", {"n": input["n"], "id": "not this", "token": "s3cret"})
            raise ValueError(f"doomed number {input['n']}")
        """,
    "src/later/wait.step.js": """
        exports.config = {
          type: 'event', name: 'Wait', subscribes: ['wait'], emits: [], flows: ['extra'],
          virtualEmits: [{ topic: 'by.hand', label: 'somebody', conditional: true }],
          infrastructure: { queue: { delaySeconds: 900 } },
        }
        exports.handler = async (input, { state }) => { await state.set('waited', input.id, true) }
        """,
    "tutorial/later/wait.step.js-features.json": '[{"id": "f", "title": "Delay", "description": "d", "lines": ["1-2"]}]',
    "steps/told_step.py-features.json": '[{"title": "Beside", "description": "d", "lines": ["1"]}]',
    "steps/told_step.py": """
        config = {
            "type": "noop", "name": "Told", "virtualSubscribes": ["by.hand"], "virtualEmits": ["doomed"],
            "flows": ["extra"],
        }
        """,
    "steps/broken_step.py": """
        config = {"type": "event", "name": "Broken", "subscribes": ["b"], "emits": []}
        this is no Python
        """,
    "steps/notes_stream.py": 'config = {"name": "notes", "schema": None, "baseConfig": {"storageType": "default"}}\n',
    "steps/write_step.py": """
        config = {
            "type": "api", "name": "Write", "path": "/write", "method": "POST", "emits": ["doomed"], "flows": ["extra"],
        }

        async def handler(req, context):
            notes = context["streams"]["notes"]
            for text in req["body"]["texts"]:
                written = await notes.set("inbox", "n-1", {"text": text})
            return {"status": 200, "body": written}
        """,
}


def make(folder: Path) -> Path:
    project = folder / "orders"
    shutil.copytree(ROOT / "examples" / "orders", project, ignore=shutil.ignore_patterns(".motia"))
    write(project, MORE)
    (project / "motia-workbench.json").write_bytes(LAYOUT.encode())
    return project


def emit(server: Server, topic: str, data: object, **headers: str) -> str:
    """The id of the trace."""
    answer = server.post("/emit", {"topic": topic, "data": data}, headers=headers)
    assert answer.status == 200, answer.body
    found: str = answer.json["traceId"]
    return found


def items(server: Server, path: str, **headers: str) -> list[Any]:
    answer = server.get(path, headers=headers)
    assert answer.status == 200, answer.body
    found: list[Any] = answer.json["items"]
    return found
