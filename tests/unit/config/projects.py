"""Projects of configuration files, loaded without a worker."""

from __future__ import annotations

from pathlib import Path

from msgspec import Raw, Struct

from motia_core.config.load import Loaded, load


class Program(Struct):
    config: Raw
    functions: list[str] = []
    dependencies: list[str] = []


async def read(
    project: Path,
    files: dict[str, str] | None = None,
    *,
    mode: str = "dev",
    flags: dict[str, object] | None = None,
    environ: dict[str, str] | None = None,
    functions: list[str] | None = None,
    dependencies: list[str] | None = None,
) -> Loaded:
    """Loads a project of these files. A program file's text is the JSON it would give."""
    for name, text in (files or {}).items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text, encoding="utf-8")

    async def in_worker(file: str) -> Program:
        text = (project / file).read_bytes()
        return Program(Raw(text), functions or [], dependencies or [])

    return await load(project, mode, flags or {}, in_worker, environ={} if environ is None else environ)


def told(loaded: Loaded) -> list[tuple[str, str]]:
    return [(problem.code, problem.message) for problem in loaded.warnings]
