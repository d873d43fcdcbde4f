"""Finds runners by their manifests, as the core does but with code of its own, and makes projects of the fixtures."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from functools import cache
from pathlib import Path

from msgspec import Struct

ROOT = Path(__file__).resolve().parents[2]
RUNNERS = ROOT / "runners"
STEPS = Path(__file__).resolve().parent / "steps"


class Runner(Struct, frozen=True):
    """A manifest and the interpreter found for it. `problem` says why it cannot be started here, `fault` what is wrong
    with the manifest itself."""

    name: str
    folder: Path
    command: tuple[str, ...] = ()
    problem: str = ""
    fault: str = ""


@cache
def runners() -> tuple[Runner, ...]:
    return tuple(_find(path.parent) for path in sorted(RUNNERS.glob("*/runner.toml")))


def _find(folder: Path) -> Runner:
    manifest = tomllib.loads((folder / "runner.toml").read_text("utf-8"))
    name = manifest["name"]
    for candidate in manifest["runtime"]:
        text = re.sub(r"\$\{(\w+)\}", lambda found: os.environ.get(found[1], "/nowhere"), candidate)
        path = shutil.which(text.replace("{core}", sys.executable).replace("{project}", "/nowhere"))
        if path:
            break
    else:
        return Runner(name, folder, problem=f"{name}: none of {manifest['runtime']} is installed")
    printed = subprocess.run([path, *manifest["version"]], capture_output=True, text=True, check=False)
    version = re.search(r"\d+(?:\.\d+)+", printed.stdout + printed.stderr)
    if version is None or _numbers(version[0]) < _numbers(manifest["minimum"]):
        return Runner(name, folder, problem=f"{name}: {path} is older than {manifest['minimum']}")
    command = tuple(part.replace("{runtime}", path).replace("{runner}", str(folder)) for part in manifest["command"])
    if any("3>&1" in part for part in command):
        return Runner(name, folder, fault=f'{name}: with wire = "fd3" the core swaps the descriptors, not the command')
    if manifest.get("wire") == "fd3":
        command = ("/bin/sh", "-c", 'exec 3>&1 1>&2; exec "$0" "$@"', *command)
    return Runner(name, folder, command)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


class Project(Struct, frozen=True):
    """A folder with the fixture steps of one language, and where each of them lies in it."""

    folder: Path
    run: Path
    files: dict[str, str]


def make_project(runner: str, folder: Path) -> Project:
    """The fixtures of `runner` as a project: `steps/`, and the configuration file in its root."""
    source, steps = STEPS / runner, folder / "steps"
    shutil.copytree(source, steps, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    files: dict[str, str] = {}
    for path in sorted(steps.iterdir()):
        if re.match(r"motia[._]config\.", path.name):
            path.rename(folder / path.name)
            files["config"] = path.name
        elif path.name == "package.json":
            path.rename(folder / path.name)
        elif found := re.match(r"(\w+?)(?:_|\.)(?:step|stream)\.\w+\Z", path.name):
            files[found[1]] = f"steps/{path.name}"
    run = folder / ".motia" / "run"
    run.mkdir(parents=True, mode=0o700)
    return Project(folder, run, files)


def environment(runner: Runner, project: Project, lifeline: int) -> dict[str, str]:
    return {
        **os.environ,
        **packages(runner),
        "MOTIA_WORKER": f"{runner.name}-1",
        "MOTIA_LIFELINE": str(lifeline),
        "MOTIA_SDK": str(ROOT / "sdk" / runner.name),
        "MOTIA_CACHE": str(project.folder / ".motia" / "cache"),
    }


@cache
def _installed(folder: Path) -> Path:
    """A folder that holds the runner's own packages: beside its manifest, else installed once per lock file."""
    if (folder / "node_modules").is_dir():
        return folder
    manifest = tomllib.loads((folder / "runner.toml").read_text("utf-8"))["packages"]
    key = hashlib.sha256((folder / manifest["lock"]).read_bytes()).hexdigest()[:16]
    target = Path(tempfile.gettempdir()) / f"motia-conformance-{os.getuid()}-{folder.name}-{key}"
    if not (target / "installed").exists():
        target.mkdir(mode=0o700, exist_ok=True)
        for name in manifest["files"]:
            shutil.copy(folder / name, target / name)
        subprocess.run(manifest["command"], cwd=target, check=True, capture_output=True)
        (target / "installed").touch()
    return target


def packages(runner: Runner) -> dict[str, str]:
    """Where a runner finds its own packages, as the core would tell it."""
    manifest = tomllib.loads((runner.folder / "runner.toml").read_text("utf-8"))
    return {"MOTIA_PACKAGES": str(_installed(runner.folder))} if "packages" in manifest else {}
