"""Memory of a process and of the tree under it, read from /proc."""

from __future__ import annotations

import re
from pathlib import Path

MEGABYTE = 1024 * 1024


def tree(pid: int) -> list[int]:
    """`pid` and all that descend from it."""
    found = [pid]
    for one in found:
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            found += [int(child) for child in _read(task).split()]
    return found


def resident(pid: int) -> int:
    """Bytes of physical memory, shared pages included."""
    found = re.search(r"VmRSS:\s+(\d+) kB", _read(Path(f"/proc/{pid}/status")))
    return int(found[1]) * 1024 if found else 0


def proportional(pid: int) -> int:
    """Bytes of physical memory, shared pages divided among those who share them."""
    found = re.search(r"^Pss:\s+(\d+) kB", _read(Path(f"/proc/{pid}/smaps_rollup")), re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def descriptors(pid: int) -> int:
    try:
        return len(list(Path(f"/proc/{pid}/fd").iterdir()))
    except OSError:
        return 0


def command(pid: int) -> str:
    return _read(Path(f"/proc/{pid}/cmdline")).replace("\0", " ").strip()


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""
