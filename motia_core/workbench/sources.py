"""Source text for the screens: a step's file, the parts of it that an author points out, and single lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_MOST = 2 * 1024 * 1024
_LINE = 200


def read(project: Path, file: str) -> str:
    """Raises OSError."""
    with (project / file).open("rb") as opened:
        return opened.read(_MOST).decode("utf-8", "replace")


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
