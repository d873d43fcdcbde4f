"""Source text for the screens: a step's file, the parts of it that an author points out, and single lines.

Shown are steps, streams, what they load inside the project, and files that are broken: nothing else can be named,
however a path is written.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from motia_core.steps.registry import Snapshot

_MOST = 2 * 1024 * 1024
_LINE = 200


def read(project: Path, file: str) -> str:
    """Raises OSError."""
    with (project / file).open("rb") as opened:
        return opened.read(_MOST).decode("utf-8", "replace")


def shown(project: Path, served: Snapshot, wanted: str) -> str | None:
    """The file that `wanted` names, as the project knows it: a path within it, or a whole one as stacks have them."""
    file = wanted
    for root in (project, project.resolve()):
        file = file.removeprefix(f"{root}/")
    steps = {step.file for step in served.steps} | {one.file for one in served.broken} | set(served.files)
    steps |= {one.file for one in served.streams.values()}
    loaded = {one for files in served.files.values() for one in files}
    if file not in steps and (file not in loaded or _private(file)):
        return None
    try:
        real = (project / file).resolve(strict=True)
    except OSError:
        return None
    return file if real.is_relative_to(project.resolve()) else None


def _private(file: str) -> bool:
    return any(part.startswith(".") for part in file.split("/")) or file.startswith("/")


def features(project: Path, file: str) -> list[Any]:
    """What `NAME-features.json` holds, of the tutorial for files under `src`, else beside the step; nothing when it is
    missing or no list."""
    path = f"/{file}"
    at = path.find("/src/")
    place = f"{path[:at]}/tutorial/{path[at + 5 :]}" if at >= 0 else path
    try:
        found = json.loads((project / f"{place[1:]}-features.json").read_bytes())
    except (OSError, ValueError):
        return []
    return found if isinstance(found, list) else []


def line(project: Path, file: str | None, number: int | None) -> str | None:
    """One line of a file, None where there is none."""
    if file is None or number is None:
        return None
    try:
        lines = read(project, file).splitlines()
    except OSError:
        return None
    return lines[number - 1][:_LINE] if 0 < number <= len(lines) else None
