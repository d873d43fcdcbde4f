"""Step files as text, and what the commands say of a project."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.kit.server import motia


def found(project: Path, **env: str) -> dict[str, dict[str, Any]]:
    """What `motia list` shows, by file."""
    done = motia(project, "list", "--json", **env)
    assert done.returncode == 0, done.stderr
    return {row["filePath"]: row for row in json.loads(done.stdout)}


def checked(project: Path, **env: str) -> tuple[dict[str, dict[str, Any]], list[dict[str, Any]]]:
    """What `motia check` finds: errors by file, and the warnings."""
    said = json.loads(motia(project, "check", "--json", **env).stdout)
    assert said["ok"] is not bool(said["errors"])
    return {one["file"]: one for one in said["errors"]}, said["warnings"]


def node_step(name: str, head: str, body: str, *, exports: str = "esm") -> str:
    """An api step `GET /<name>` in TypeScript or JavaScript that answers `{value: body}`."""
    config = f"{{ type: 'api', name: '{name}', method: 'GET', path: '/{name}', emits: [] }}"
    if exports == "cjs":
        return f"{head}\nexports.config = {config};\nexports.handler = async () => ({{ status: 200, body: {{ value: {body} }} }});\n"
    return (
        f"{head}\nexport const config = {config};\n"
        f"export const handler = async () => ({{ status: 200, body: {{ value: {body} }} }});\n"
    )


def python_step(name: str, head: str, body: str) -> str:
    """An api step `GET /<name>`; `body` are the statements of the handler."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    return (
        f"{head}\nconfig = {{'type': 'api', 'name': '{name}', 'method': 'GET', 'path': '/{name}', 'emits': []}}\n\n"
        f"async def handler(req, context):\n{lines}\n"
    )


def ruby_step(name: str, head: str, body: str) -> str:
    """An api step `GET /<name>` that answers `{value: body}`."""
    return (
        f"{head}\ndef config\n  {{ type: 'api', name: '{name}', method: 'GET', path: '/{name}', emits: [] }}\nend\n\n"
        f"def handler(req, context)\n  {{ status: 200, body: {{ value: ({body}) }} }}\nend\n"
    )
