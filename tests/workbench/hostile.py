"""A project in which everything that is text is HTML: names of steps and flows, topics, log lines, errors, keys and values of
the state, items of streams. Each carries a mark of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.kit.server import Server, until

MARKS = ("step", "flow", "topic", "path", "log", "field", "error", "stack", "key", "group", "value", "stream", "item")


def html(mark: str) -> str:
    """Would run in whatever takes it for more than text, and can be found in whatever draws it as elements."""
    run = f"window.canary=(window.canary||[]).concat('{mark}')"
    return (
        f'{mark}"\'><img class=canary src=x onerror="{run}"><script class=canary>{run}</script><b class=canary>${{1}}'
    )


STEPS = {
    "steps/api_step.py": """
config = {{"type": "api", "name": {step}, "method": "POST", "path": "/hostile", "emits": [{topic}], "flows": [{flow}],
          "description": {step}}}


async def handler(req, context):
    context.logger.info({log}, {{{field}: {field}}})
    await context.state.set({group}, {key}, {{{value}: {value}}})
    await context.streams["hostile"].set({group}, {item}, {{"said": {item}}})
    await context.emit({{"topic": {topic}, "data": {{"text": {value}}}}})
    return {{"status": 200, "headers": {{"content-type": "application/json"}}, "body": {{"text": {value}}}}}
""",
    "steps/fails_step.py": """
config = {{"type": "event", "name": "Fails" + {step}, "subscribes": [{topic}], "emits": [], "flows": [{flow}],
          "infrastructure": {{"queue": {{"maxRetries": 0}}}}}}


async def handler(input, context):
    raise ValueError({error})
""",
    "steps/broken_step.py": "config = {{  # " + "{stack_raw}" + "\n",
    "steps/hostile.stream.py": """
config = {{"name": "hostile", "schema": {{"type": "object"}}, "baseConfig": {{"storageType": "default"}}}}
""",
}


def make(folder: Path) -> Path:
    texts = {mark: json.dumps(html(mark)) for mark in MARKS} | {"stack_raw": html("stack")}
    for name, text in STEPS.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.format(**texts))
    return folder


def provoke(server: Server) -> None:
    """Until all of it is in the history."""
    for _ in range(2):
        assert server.post("/hostile", {"x": 1}).status == 200, server.output
    until(lambda: _overview(server)["dead"] >= 2)
    until(lambda: len(server.get("/__motia/api/traces?status=failed").json["items"]) >= 2)


def _overview(server: Server) -> Any:
    return server.get("/__motia/api/overview").json
