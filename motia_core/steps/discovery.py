"""Finds the files that may hold steps or streams. Reads folders, never files; knows no language but by its extensions.

Rules: the folders `steps/`, `src/` and `motia/steps/` below the project, and the project folder itself but not below
it; names `x.step.EXT`, `x_step.EXT`, `x.stream.EXT`, `x_stream.EXT`. In `motia/steps/` every other source file is a
candidate that may turn out to hold no step. Never tests, dot folders, or folders of packages. The answer is sorted, so
that every machine agrees. Next: `definition.py` reads what the runners say is in the files.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Literal

from msgspec import Struct

from motia_core.model import Problem

ROOTS = ("motia/steps", "src", "steps")
LOOSE_ROOT = "motia/steps"
_TESTS = "tests"

Languages = Mapping[str, Mapping[str, str]]
"""Runner name → extension (with its dot) → language, as the runners' manifests say."""


class Candidate(Struct, frozen=True, order=True):
    """One file to ask a runner about. `role` `maybe`: holding no step is no error."""

    file: str
    role: Literal["step", "stream", "maybe"]
    runner: str
    language: str


class Found(Struct, frozen=True):
    candidates: tuple[Candidate, ...]
    problems: tuple[Problem, ...] = ()


def discover(project: Path, languages: Languages, left_out: Collection[str] = ()) -> Found:
    """Every candidate of the project, sorted by path, and what could not be looked at. `left_out` names folders that
    are never entered because packages or caches lie there."""
    owners = {ext: (runner, name) for runner, names in languages.items() for ext, name in names.items()}
    problems: list[Problem] = []
    found: dict[str, Candidate] = {}
    seen: set[tuple[int, int]] = set()
    folders = [("", sorted(_names(project, "", problems, left_out)))]
    for root in ROOTS:
        folders.extend(walk(project, root, left_out, problems, seen))
    for folder, names in folders:
        loose = f"{folder}/".startswith(f"{LOOSE_ROOT}/")
        here = _candidates(folder, names, owners, loose=loose)
        problems.extend(_shadowed(here))
        found.update(here)
    return Found(tuple(found[file] for file in sorted(found)), tuple(problems))


def walk(
    project: Path,
    root: str,
    left_out: Collection[str] = (),
    problems: list[Problem] | None = None,
    seen: set[tuple[int, int]] | None = None,
) -> Iterator[tuple[str, list[str]]]:
    """Each folder from `root` down with its sorted file names. A folder reached twice (a link) is entered once."""
    seen = set() if seen is None else seen
    waiting = [root]
    while waiting:
        folder = waiting.pop()
        try:
            status = (project / folder).stat()
        except OSError:
            continue
        if (status.st_dev, status.st_ino) in seen:
            continue
        seen.add((status.st_dev, status.st_ino))
        files = _names(project, folder, problems, left_out, waiting)
        yield folder, sorted(files)


def skipped(name: str, left_out: Collection[str]) -> bool:
    """Whether a folder of this name is never entered."""
    return name.startswith(".") or name == _TESTS or name in left_out


def _names(
    project: Path,
    folder: str,
    problems: list[Problem] | None,
    left_out: Collection[str],
    deeper: list[str] | None = None,
) -> list[str]:
    names: list[str] = []
    below: list[str] = []
    try:
        with os.scandir(project / folder) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if not sendable(entry.name):
                    _unreadable(problems, folder, f"{entry.name!r} is no UTF-8")
                elif entry.is_dir():
                    if not skipped(entry.name, left_out):
                        below.append(f"{folder}/{entry.name}" if folder else entry.name)
                elif entry.is_file():
                    names.append(entry.name)
    except FileNotFoundError:
        return []
    except OSError as error:
        _unreadable(problems, folder, str(error.strerror))
    if deeper is not None:
        # Reversed, because the caller takes the last one first: the order decides which of two links is entered.
        deeper.extend(sorted(below, reverse=True))
    return names


def _unreadable(problems: list[Problem] | None, folder: str, reason: str) -> None:
    if problems is not None:
        problems.append(Problem(code="unreadable", message=f"cannot read {folder or '.'}: {reason}", file=folder))


def _candidates(
    folder: str, names: list[str], owners: Mapping[str, tuple[str, str]], *, loose: bool
) -> dict[str, Candidate]:
    found: dict[str, Candidate] = {}
    present = set(names)
    for name in names:
        stem, extension = split(name)
        owner = owners.get(extension)
        # `test_x_step` beside `x_step` is that step's test.
        if owner is None or is_test(stem) or (name.startswith("test_") and name[5:] in present):
            continue
        role = role_of(stem)
        if role is None and not loose:
            continue
        file = f"{folder}/{name}" if folder else name
        found[file] = Candidate(file, role or "maybe", *owner)
    return found


def split(name: str) -> tuple[str, str]:
    """A name's stem and extension (with its dot), of a path too."""
    stem, dot, extension = name.rpartition(".")
    return (stem, dot + extension) if stem else (name, "")


def role_of(stem: str) -> Literal["step", "stream"] | None:
    """What the name without its extension says the file is."""
    for role, ending in (("step", "step"), ("stream", "stream")):
        if len(stem) > len(ending) + 1 and stem.endswith((f".{ending}", f"_{ending}")):
            return "step" if role == "step" else "stream"
    return None


def sendable(name: str) -> bool:
    """Whether a name can be sent in JSON: some file systems hold names that are no UTF-8."""
    return name.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in name)


def is_test(stem: str) -> bool:
    """Whether the name says that the file is a test, or declares types only."""
    return stem.endswith((".test", ".spec", ".d"))


def _shadowed(found: dict[str, Candidate]) -> list[Problem]:
    """Takes out `x.step.EXT` where `x_step.EXT` exists: in old Motia the first was not loaded for some languages, so
    it is often the forgotten half of a renaming."""
    problems = []
    for file in sorted(found):
        stem, extension = split(file)
        for ending in ("step", "stream"):
            twin = stem.removesuffix(f".{ending}") + f"_{ending}{extension}"
            if stem.endswith(f".{ending}") and twin in found:
                del found[file]
                problems.append(
                    Problem(
                        code="shadowed",
                        message=f"{file} is ignored because {twin} exists",
                        file=file,
                        hint="delete one of the two, or give them different names",
                    )
                )
    return problems
