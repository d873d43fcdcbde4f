"""Whether a project still depends on the old npm packages: there, bodies that break a schema were never refused."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
from msgspec import Struct, field


class _Package(Struct):
    version: str = ""
    dependencies: dict[str, str] = field(default_factory=dict)
    devDependencies: dict[str, str] = field(default_factory=dict)


def old_packages(project: Path) -> str | None:
    """The old package a project depends on, with its version as written, or None."""
    package = _read(project / "package.json")
    if package is None:
        return None
    for name, wanted in {**package.devDependencies, **package.dependencies}.items():
        if name.startswith("@motiadev/") or (name == "motia" and _is_old(project, wanted)):
            return f"{name} {wanted}"
    return None


def _is_old(project: Path, wanted: str) -> bool:
    number = re.match(r"[\^~>=v\s]*(\d+)", wanted)
    if number is not None:
        return number[1] == "0"
    # A tag or an address: what is installed tells; nothing installed counts as old, because new projects pin a version.
    installed = _read(project / "node_modules" / "motia" / "package.json")
    return installed is None or installed.version.startswith("0.")


def _read(path: Path) -> _Package | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Package)
    except (OSError, msgspec.MsgspecError):
        return None
