"""Makes the projects that are measured, as copies under `.work`, so that none leaves anything in the tree."""

from __future__ import annotations

import shutil
from pathlib import Path

from servers import HERE, WORK


def make(
    name: str,
    config: str = "",
    *,
    of: str = "project",
    routes: int = 0,
    topics: int = 0,
    steps: int = 0,
    sinks: int = 0,
) -> Path:
    """A fresh copy of `benchmarks/project`, or of the folder `of`, with this `motia.toml` and what is asked for."""
    folder = WORK / "projects" / name
    if folder.exists():
        shutil.rmtree(folder)
    shutil.copytree(HERE / of, folder)
    lines = [config]
    if routes:
        lines.append("[routes]")
        lines += [f'"/extra/{number}/:id" = "HelloTs"' for number in range(routes)]
    (folder / "motia.toml").write_text("\n".join([*lines, ""]), "utf-8")
    if topics:
        listed = ", ".join(f"'topic.{number}'" for number in range(topics))
        _write(folder, "wide", f"name: 'Wide', type: 'event', subscribes: [{listed}], emits: []", "async () => {}")
    for number in range(steps):
        where = f"name: 'More{number}', type: 'api', method: 'POST', path: '/more/{number}', emits: []"
        _write(folder, f"more_{number}", where, "async (req) => ({ status: 200, body: req.body })")
    for number in range(sinks):
        where = f"name: 'Sink{number}', type: 'event', subscribes: ['bench.sink'], emits: []"
        _write(folder, f"sink_{number}", where, "async () => {}")
    return folder


def _write(folder: Path, name: str, config: str, handler: str) -> None:
    text = f"exports.config = {{ {config} }}\n\nexports.handler = {handler}\n"
    (folder / "steps" / f"{name}.step.js").write_text(text, "utf-8")
