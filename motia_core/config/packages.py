"""Whether a project still depends on the old packages: there, bodies that break a schema were never refused."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, field

_CLIENTS = "@motiadev/stream-client"


class _Package(Struct):
    version: str = ""
    dependencies: dict[str, Any] = field(default_factory=dict)
    devDependencies: dict[str, Any] = field(default_factory=dict)


def old_packages(project: Path) -> str | None:
    """The old package a project depends on, with its version as written, or None; `motia` itself before its parts.
    Clients in pages do not count: a new project may use them too."""
    found = {name: wanted for name, wanted in old_dependencies(project).items() if not name.startswith(_CLIENTS)}
    name = next((one for one in ("motia", "@motiadev/core", *found) if one in found), None)
    return None if name is None else f"{name} {found[name]}"


def old_dependencies(project: Path) -> dict[str, str]:
    """Every old package that `package.json` names, and the version wanted."""
    package = _read(project / "package.json")
    if package is None:
        return {}
    return {
        name: str(wanted)
        for name, wanted in {**package.dependencies, **package.devDependencies}.items()
        if (name == "motia" or name.startswith("@motiadev/")) and _is_old(project, name, str(wanted))
    }


def _is_old(project: Path, name: str, wanted: str) -> bool:
    number = re.match(r"[\^~>=v\s]*(\d+)", wanted)
    if number is not None:
        return number[1] == "0"
    # A tag or an address: what is installed tells; nothing installed counts as old, because new projects pin a version.
    installed = _read(project / "node_modules" / name / "package.json")
    return installed is None or installed.version.startswith("0.")


def _read(path: Path) -> _Package | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Package)
    except (OSError, msgspec.MsgspecError):
        return None
