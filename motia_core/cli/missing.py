"""Packages that a project asks for and that its runtimes would not find. Installs nothing."""

from __future__ import annotations

import re
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
from msgspec import Struct, field

from motia_core.workers.languages import Runner

# Ours, whatever is installed: the SDK, its stand-ins, and zod where the project has none.
_OURS = re.compile(r"motia$|@motia/|@motiadev/|zod$")
_PATIENCE = 20.0
_SCRIPT = """
import re, sys
from importlib import metadata
for name in sys.argv[1:]:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        print(name)
"""


class _Package(Struct):
    dependencies: dict[str, object] = field(default_factory=dict)


def missing_packages(project: Path, runners: Mapping[str, Runner]) -> Iterator[tuple[str, str, str]]:
    """What to call it, what is missing, what to do; one for each of the runners that has something missing."""
    looks = {"node": _npm, "python": _pip, "ruby": _bundle}
    for name in sorted(runners):
        if name in looks and runners[name].problem is None:
            yield from looks[name](project, runners[name])


def _npm(project: Path, runner: Runner) -> Iterator[tuple[str, str, str]]:
    try:
        package = msgspec.json.decode((project / "package.json").read_bytes(), type=_Package)
    except (OSError, msgspec.MsgspecError):
        return
    folders = [folder / "node_modules" for folder in (project, *project.parents)]
    missing = [
        name
        for name in sorted(package.dependencies)
        if not _OURS.match(name) and not any((folder / name).exists() for folder in folders)
    ]
    if missing:
        yield "npm", f"not installed: {', '.join(missing)}", "npm install"


def _pip(project: Path, runner: Runner) -> Iterator[tuple[str, str, str]]:
    wanted = [*_requirements(project), *_pyproject(project)]
    if not wanted:
        return
    done = _run([runner.runtime, "-c", _SCRIPT, *wanted], project)
    if done is None or not done.strip():
        return
    missing = ", ".join(done.split())
    own = runner.runtime.startswith(f"{project}/")
    install = f"{runner.runtime} -m pip install -r requirements.txt"
    hint = install if own else "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt"
    yield "pip", f"{runner.runtime} has no {missing}", hint


def _requirements(project: Path) -> list[str]:
    try:
        lines = (project / "requirements.txt").read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    # A requirement with a marker may not be meant for this machine.
    found = [re.match(r"\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*(?=[<>=!~#]|$)", line) for line in lines]
    return [match[1] for match in found if match]


def _pyproject(project: Path) -> list[str]:
    try:
        wanted = (
            tomllib.loads((project / "pyproject.toml").read_text("utf-8")).get("project", {}).get("dependencies", [])
        )
    except (OSError, ValueError, AttributeError):
        return []
    found = [re.match(r"[A-Za-z0-9][\w.-]*", one) for one in wanted if isinstance(one, str) and ";" not in one]
    return [match[0] for match in found if match and match[0] != "motia"]


def _bundle(project: Path, runner: Runner) -> Iterator[tuple[str, str, str]]:
    if (project / "Gemfile").is_file() and _run(["bundle", "check"], project) is None:
        yield "bundler", "gems of the Gemfile are not installed", "bundle install"


def _run(command: list[str], folder: Path) -> str | None:
    """What it prints; None when it fails."""
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=_PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
