"""What each measure found last, kept below `build/`: so one of them can be run again, and the page still tells of all.

A whole run begins with nothing. Knows no figure by name.
"""

from __future__ import annotations

import msgspec
from figures import Plot, Results
from servers import ROOT

_FILE = ROOT / "build" / "bench.json"


class Part(msgspec.Struct):
    """As in `Results`."""

    values: dict[str, float]
    plots: list[Plot]
    notes: list[str]
    slots: list[tuple[str, float, float, float]]
    failed: dict[str, str]


_Parts = dict[str, Part]


def load() -> _Parts:
    """Empty when nothing readable is kept."""
    try:
        return msgspec.json.decode(_FILE.read_bytes(), type=_Parts)
    except (OSError, msgspec.MsgspecError):
        return {}


def save(parts: _Parts) -> None:
    _FILE.parent.mkdir(exist_ok=True)
    _FILE.write_bytes(msgspec.json.encode(parts))


def part(found: Results) -> Part:
    return Part(found.values, found.plots, found.notes, found.slots, found.failed)


def together(parts: _Parts, order: tuple[str, ...]) -> Results:
    """All of them as one run."""
    whole = Results()
    for name in order:
        if (one := parts.get(name)) is not None:
            whole.values |= one.values
            whole.plots += one.plots
            whole.notes += one.notes
            whole.slots += one.slots
            whole.failed |= one.failed
    return whole
