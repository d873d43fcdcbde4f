"""Which runners there are, and whether this machine can run them. Reads `runner.toml` files and asks interpreters for
their version; starts no worker. A missing or old runtime is a `problem` on the Runner, never an exception.

The manifest is described in `runners/PROTOCOL.md` §7.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from motia_core.workers import cache, process

_VARIABLE = re.compile(r"\$\{(\w+)\}")
_VERSION = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?")
_SECONDS = 10.0
_PACKAGE = Path(__file__).resolve().parent.parent


class Packages(Struct, frozen=True, forbid_unknown_fields=True):
    """What a runner itself depends on: `files` are copied beside each other, `command` installs them there."""

    lock: str
    files: list[str]
    command: list[str]


class Components(Struct, frozen=True, forbid_unknown_fields=True):
    """Who makes scripts for browsers of components that draw steps: files with these `endings`, by this `command`."""

    endings: list[str]
    command: list[str]


class Manifest(Struct, frozen=True, forbid_unknown_fields=True):
    """`runner.toml` as it stands."""

    name: str
    languages: dict[str, str]
    runtime: list[str]
    command: list[str]
    version: list[str] = msgspec.field(default_factory=lambda: ["--version"])
    minimum: str = "0"
    wire: Literal["stdio", "fd3"] = "stdio"
    install: str = ""
    restart: list[str] = []
    installed: list[str] = []
    reinstall: dict[str, str] = {}
    left_out: list[str] = []
    packages: Packages | None = None
    components: Components | None = None


class Runner(Struct, frozen=True, kw_only=True):
    """One language family as this machine can run it. `command` is ready to be started; `problem` says, in one line
    with what to do about it, why it cannot be. After a change of a file of `restart` or a path of `installed` (where
    packages lie), workers are replaced; `reinstall`: file that lists packages → how they are installed."""

    name: str
    folder: Path
    languages: dict[str, str]
    sdk: Path
    command: tuple[str, ...] = ()
    runtime: str = ""
    version: str = ""
    wire: Literal["stdio", "fd3"] = "stdio"
    install: str = ""
    restart: list[str] = []
    installed: list[str] = []
    reinstall: dict[str, str] = {}
    left_out: list[str] = []
    packages: Packages | None = None
    components: Components | None = None
    problem: str | None = None


def runners_folder() -> Path:
    """In an installed package the runners are its data; in the source tree they lie beside it."""
    packaged = _PACKAGE / "_data" / "runners"
    return packaged if packaged.is_dir() else _PACKAGE.parent / "runners"


def load_runners(root: Path | None, project: Path) -> dict[str, Runner]:
    """Every runner under `root` (None = ours) by its name. All versions are asked for at the same time, and remembered
    for the user as long as the interpreter's file does not change."""
    project = project.absolute()
    runners: dict[str, Runner] = {}
    chosen: dict[str, tuple[Manifest, Path, str | None]] = {}
    for path in sorted((root or runners_folder()).glob("*/runner.toml")):
        try:
            manifest = msgspec.convert(tomllib.loads(path.read_text("utf-8")), Manifest)
        except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
            runners[path.parent.name] = _unusable(path, f"{path} cannot be used: {error}")
            continue
        chosen[manifest.name] = manifest, path.parent, interpreter(manifest.runtime, project, os.environ)
    questions = {found: [found, *manifest.version] for manifest, _, found in chosen.values() if found is not None}
    versions = _versions(questions, project)
    for manifest, folder, found in chosen.values():
        runners[manifest.name] = _runner(manifest, folder, project, found, versions.get(found or "", ""))
    return runners


def extensions(runners: Mapping[str, Runner]) -> dict[str, dict[str, str]]:
    """Runner name → extension → language."""
    return {name: runner.languages for name, runner in runners.items()}


def left_out(runners: Mapping[str, Runner]) -> frozenset[str]:
    """Names of folders that hold no steps because packages or caches lie there, by the languages' own account."""
    return frozenset(name for runner in runners.values() for name in runner.left_out)


def interpreter(candidates: list[str], project: Path, environ: Mapping[str, str]) -> str | None:
    """The first candidate that exists; one that names an unset variable does not."""
    for candidate in candidates:
        text = _substituted(candidate, environ)
        if text is None:
            continue
        text = text.replace("{project}", str(project)).replace("{core}", sys.executable)
        found = shutil.which(text, path=environ.get("PATH"))
        if found is not None:
            return found
    return None


def _substituted(text: str, environ: Mapping[str, str] = os.environ) -> str | None:
    """`text` with its variables; None when one of them is not set."""
    if any(not environ.get(name) for name in _VARIABLE.findall(text)):
        return None
    return _VARIABLE.sub(lambda found: environ[found[1]], text)


def too_old(version: str, minimum: str) -> bool:
    return _numbers(version) < _numbers(minimum)


def _numbers(version: str) -> tuple[int, ...]:
    numbers = tuple(int(part) for part in re.findall(r"\d+", version)[:3])
    return numbers + (0,) * (3 - len(numbers))


def _runner(manifest: Manifest, folder: Path, project: Path, runtime: str | None, said: str) -> Runner:
    found = _VERSION.search(said)
    version = found[0] if found else ""
    places = {
        "{runtime}": runtime or "",
        "{runner}": str(folder),
        "{project}": str(project),
        "{core}": sys.executable,
    }
    return Runner(
        name=manifest.name,
        folder=folder,
        languages=manifest.languages,
        sdk=folder.parent.parent / "sdk" / folder.name,
        command=tuple(_filled(word, places) for word in manifest.command),
        runtime=runtime or "",
        version=version,
        wire=manifest.wire,
        install=manifest.install,
        restart=manifest.restart,
        installed=[text for text in (_substituted(one) for one in manifest.installed) if text is not None],
        reinstall=manifest.reinstall,
        left_out=manifest.left_out,
        packages=manifest.packages,
        components=_components(manifest, places),
        problem=_problem(manifest, runtime, version),
    )


def _components(manifest: Manifest, places: dict[str, str]) -> Components | None:
    given = manifest.components
    if given is None:
        return None
    return Components(given.endings, [_filled(word, places) for word in given.command])


def _problem(manifest: Manifest, runtime: str | None, version: str) -> str | None:
    todo = f"; {manifest.install}" if manifest.install else ""
    if runtime is None:
        return f"{manifest.name}: no runtime found (looked for {', '.join(manifest.runtime)}){todo}"
    if not version:
        return f"{manifest.name}: {runtime} {' '.join(manifest.version)} does not say its version{todo}"
    if too_old(version, manifest.minimum):
        return f"{manifest.name}: {runtime} is version {version}, {manifest.minimum} or newer is needed{todo}"
    return None


def _filled(word: str, places: Mapping[str, str]) -> str:
    for place, value in places.items():
        word = word.replace(place, value)
    return word


def _unusable(path: Path, problem: str) -> Runner:
    name = path.parent.name
    return Runner(name=name, folder=path.parent, languages={}, sdk=path.parent, problem=" ".join(problem.split()))


def _versions(questions: dict[str, list[str]], project: Path) -> dict[str, str]:
    """What each interpreter printed. Version managers' shims answer by folder, so a script is asked every time."""
    store = cache.user_cache() / "runtimes.json"
    known = _remembered(store)
    keys = {path: _fingerprint(path, command) for path, command in questions.items()}
    said = {path: known[key] for path, key in keys.items() if key in known}
    own = ".".join(str(part) for part in sys.version_info[:3])
    said.update({path: own for path in questions if path == sys.executable})
    unknown = {path: command for path, command in questions.items() if path not in said}
    if unknown:
        answers = process.ask(unknown, cwd=project, seconds=_SECONDS)
        said.update(answers)
        _remember(store, known | {key: answers[path] for path in unknown if (key := keys[path]) and answers[path]})
    return said


def _fingerprint(path: str, command: list[str]) -> str:
    try:
        with Path(path).open("rb") as file:
            if file.read(2) == b"#!":
                return ""
        stat = Path(path).stat()
    except OSError:
        return ""
    return f"{' '.join(command)} {stat.st_mtime_ns} {stat.st_size} {stat.st_ino}"


def _remembered(store: Path) -> dict[str, str]:
    try:
        return msgspec.json.decode(store.read_bytes(), type=dict[str, str])
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return {}


def _remember(store: Path, known: dict[str, str]) -> None:
    try:
        cache.write_whole(store, msgspec.json.encode(known))
    except OSError:
        return  # a read-only home only costs the question next time
