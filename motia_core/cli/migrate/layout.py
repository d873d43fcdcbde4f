"""Checks of which files and folders there are: those that only the old system used, and those that it did not see."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from motia_core.cli.migrate.finding import Finding, finding, line_of
from motia_core.cli.migrate.project import Project
from motia_core.steps.discovery import Candidate

_STORED = ("compiled", "dump.rdb", "appendonlydir", "motia.state.json", "streams")
_INTERPRETERS = (".venv", "venv", "python_modules")
_OVERRIDE = re.compile(r"[._](?:step|stream)\.[jt]sx$")
_SEEN = re.compile(r"[._](?:step|stream)\.(?:ts|js|rb)$|_(?:step|stream)\.py$")
_IMAGE = re.compile(r"^\s*FROM\s+(?:--\S+\s+)?\S*motiadev/\S*", re.MULTILINE | re.IGNORECASE)


def check(project: Project) -> list[Finding]:
    """Everything about the files of the project, their contents left out."""
    return [*_kept(project), *_stored(project), *_drawings(project), *_steps(project), *_python(project)]


def _kept(project: Project) -> Iterator[Finding]:
    for name, text in (
        ("motia-workbench.json", "Where steps stand in the workbench"),
        ("types.d.ts", "Types of the steps"),
    ):
        if project.text(name) is not None:
            yield finding("kept_file", name, 0, f"{text}: keeps its format and its place")
    for name in ("Dockerfile", "Dockerfile.dev", "docker/Dockerfile"):
        match = _IMAGE.search(project.text(name) or "")
        if match is not None:
            yield finding("old_image", name, line_of(match.string, match[0].strip()), "The image holds the old system")


def _stored(project: Project) -> Iterator[Finding]:
    for name in _STORED:
        if (project.root / ".motia" / name).exists():
            yield finding("old_data", f".motia/{name}", 0)
    if (project.root / "dist" / "motia.steps.json").exists():
        yield finding("old_data", "dist/motia.steps.json", 0, "A build for the old cloud is not read")


def _drawings(project: Project) -> Iterator[Finding]:
    for file in project.files("steps", "src", "tutorial"):
        if file == "tutorial/tutorial.tsx":
            yield finding("tutorial", file, 0)
        elif file.endswith("-features.json"):
            yield finding("kept_file", file, 0, "Explains a step in the workbench: keeps its format and its place")
        elif _OVERRIDE.search(file):
            yield finding("ui_override", file, 0)


def _steps(project: Project) -> Iterator[Finding]:
    for problem in project.shadowed:
        file = problem.file or ""
        if file.endswith(".py"):
            yield finding("twin", file, 0, f"{problem.message}, as before")
        else:
            yield finding("twin_lost", file, 0, f"{problem.message}; the old system loaded both")
    for one in project.steps:
        if _is_new(one):
            yield finding("new_step", one.file, 0)
        if one.file.endswith(".rb") and one.role == "step":
            yield finding("ruby_runs", one.file, 0)


def _is_new(one: Candidate) -> bool:
    return not one.file.startswith(("steps/", "src/")) or not _SEEN.search(one.file)


def _python(project: Project) -> Iterator[Finding]:
    if (project.root / "python_modules" / "bin" / "python").exists():
        yield finding("python_modules", "python_modules", 0)
    own = any((project.root / folder / "bin" / "python").exists() for folder in _INTERPRETERS)
    wanted = re.search(r"^\s*[A-Za-z0-9]", project.text("requirements.txt") or "", re.MULTILINE)
    if wanted and not own and not os.environ.get("VIRTUAL_ENV"):
        yield finding("python_packages", "requirements.txt", line_of(wanted.string, wanted[0].strip()))
