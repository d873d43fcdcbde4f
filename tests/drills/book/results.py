"""What came of each drill, kept in a file each, so that a book that was broken off goes on where it stood."""

from __future__ import annotations

import hashlib
import os
import platform
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

ROOT = Path(__file__).parents[3]
KEPT = ROOT / "build" / "drills"
_CODE = ("motia_core", "runners", "sdk", "tests/drills", "tests/kit")
_SCREENS = ROOT / "motia_core" / "workbench"
"""No drill looks at a screen."""


class Result(Struct, kw_only=True):
    """`failed` and `skipped` say why. `code` names the code that was drilled, `at` the day."""

    name: str
    scale: float
    code: str
    at: str
    took: float
    machine: str
    figures: dict[str, object] = {}
    failed: str = ""
    skipped: str = ""

    def stands(self, code: str) -> bool:
        """Whether it need not be run again."""
        return not self.failed and self.code == code


def keep(result: Result) -> None:
    KEPT.mkdir(parents=True, exist_ok=True)
    path = _path(result.name, result.scale)
    draft = path.with_suffix(".tmp")
    draft.write_bytes(msgspec.json.format(msgspec.json.encode(result)))
    draft.replace(path)


def kept(name: str, scale: float) -> Result | None:
    try:
        return msgspec.json.decode(_path(name, scale).read_bytes(), type=Result)
    except (OSError, msgspec.MsgspecError):
        return None


def _path(name: str, scale: float) -> Path:
    """A shortened drill does not replace what a whole one has shown."""
    return KEPT / f"{name}-{scale:g}.json"


def code() -> str:
    """Changes with every file that matters to a drill."""
    sum_ = hashlib.blake2b(digest_size=6)
    for path in sorted(path for room in _CODE for path in _files(ROOT / room)):
        sum_.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return sum_.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    """Does not enter what is installed or compiled, nor the screens."""
    for path in folder.iterdir():
        if path.is_file():
            yield path
        elif path.is_dir() and path.name not in ("__pycache__", "node_modules") and path != _SCREENS:
            yield from _files(path)


def machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GB, {platform.system()} {platform.release().split('-')[0]} "
        f"{platform.machine()}, Python {platform.python_version()}, Node {_said('node')}, Ruby {_said('ruby')}, "
        f"SQLite {sqlite3.sqlite_version}"
    )


def _said(command: str) -> str:
    try:
        words = subprocess.run([command, "--version"], capture_output=True, text=True, check=False).stdout.split()
    except OSError:
        words = []
    return next((word.lstrip("v") for word in words if word.lstrip("v")[:1].isdigit()), "absent")
