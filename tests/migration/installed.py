"""Puts the old npm packages into a project as an install would have: each would betray itself if it were ever loaded."""

from __future__ import annotations

import json
from pathlib import Path

import anyio

from motia_core.workers.languages import load_runners
from motia_core.workers.packages import installed

NAMES = (
    "motia",
    "@motiadev/core",
    "@motiadev/workbench",
    "@motiadev/test",
    "@motiadev/adapter-bullmq-events",
    "@motiadev/plugin-bullmq",
    "@motiadev/plugin-endpoint",
    "@motiadev/plugin-logs",
    "@motiadev/plugin-observability",
    "@motiadev/plugin-states",
)


def install_old_packages(project: Path) -> None:
    """The packages of `NAMES`, each of which throws when it is loaded, and zod 3 as the project's own."""
    modules = project / "node_modules"
    for name in NAMES:
        folder = modules / name
        folder.mkdir(parents=True)
        described = {"name": name, "version": "0.17.14-beta.196", "type": "module", "main": "index.js"}
        exports = {"exports": {".": "./index.js", "./*": "./index.js"}}
        (folder / "package.json").write_text(json.dumps(described | exports))
        (folder / "index.js").write_text(f"throw new Error('the old package {name} was loaded')\n")
    zod = modules / "zod"
    zod.mkdir()
    (zod / "package.json").write_text(json.dumps({"name": "zod", "version": "3.25.76", "main": "index.js"}))
    (zod / "index.js").write_text(f"module.exports = require({json.dumps(str(_zod() / 'v3'))})\n")


def _zod() -> Path:
    """Our zod 4 carries the code of zod 3."""
    packages = anyio.run(installed, load_runners(None, Path.cwd())["node"])
    assert packages is not None
    return packages / "node_modules" / "zod"
