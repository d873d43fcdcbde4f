"""Brings a document's program into a folder of its own, as its reader would have it."""

from __future__ import annotations

import shutil
from pathlib import Path

PROGRAMS = Path(__file__).parent / "programs"


def copy(program: str, target: Path) -> Path:
    """`programs/<program>` in `target`, without what a run left behind."""
    shutil.copytree(
        PROGRAMS / program, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".motia", "__pycache__")
    )
    return target
