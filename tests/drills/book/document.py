"""Writes docs/reliability.md from the drills and the results kept. Runs nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.drills.book.drill import Drill
from tests.drills.book.results import ROOT, Result

DOCUMENT = ROOT / "docs" / "reliability.md"
INTRODUCTION = """# Reliability

Written by `make drills`; do not edit. Trust is shown by drills that anyone can run:

```
make drills                                           # all of them, some hours; goes on where it was broken off
make drills ARGS='kill_core power_loss --scale 0.1'   # two of them, a tenth as long
```

Each drill is a module of `tests/drills/` and does to real processes what the world does. It fails when a promise is
broken, so a figure that stands here was reached. Short versions run in `make test`.

- **accepted**: events whose emitter was answered 2xx. **executed**: events that ran to their end, also those whose answer
  was lost on the way. **duplicated**: events that began more than once, each explained by a kill unless said otherwise.
  **lost**: accepted events that never ran, or that a copy or an image of the database lacks.
- **recovery**: from the harm until the same is served again. **memory**: the most the core needed. **orphans**: processes
  that were left 2 s after the end of the core, adopted ones and zombies included.
"""
COLUMNS = ("kills", "accepted", "executed", "duplicated", "lost")
LAST = ("memory", "orphans")


def write(drills: Sequence[Drill], results: dict[str, Result], path: Path = DOCUMENT) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    sections = [_section(drill, results.get(drill.name)) for drill in drills]
    path.write_text("\n".join([INTRODUCTION, _overview(drills, results), *sections]), "utf-8")


def _overview(drills: Sequence[Drill], results: dict[str, Result]) -> str:
    head = ["drill", "holds", *COLUMNS, "recovery, half and slowest", *LAST]
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    for drill in drills:
        result = results.get(drill.name)
        figures = result.figures if result is not None else {}
        cells = [f"[{drill.title}](#{_anchor(drill.title)})", _verdict(result)]
        cells += [_number(name, figures.get(name)) for name in COLUMNS]
        cells += [_recovery(figures), _number("memory_mb", figures.get("memory_mb"))]
        cells += [_number("orphans", figures.get("orphans"))]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def _section(drill: Drill, result: Result | None) -> str:
    parts = [f"## {drill.title}", "", drill.text, ""]
    if result is None:
        return "\n".join([*parts, "Not run yet.", ""])
    length = "" if result.scale == 1 else f", shortened to {result.scale * 100:g} %"
    parts += [f"`{drill.name}`, {result.at}{length}, took {_time(result.took)}, on {result.machine}.", ""]
    if result.failed or result.skipped:
        parts += [f"**{'Failed' if result.failed else 'Not run'}**: {result.failed or result.skipped}", ""]
    if result.figures:
        names = "".join(f" {name.rpartition('_')[0] if _unit(name) else name} |" for name in result.figures)
        values = "".join(f" {_number(name, value)} |" for name, value in result.figures.items())
        parts += [f"|{names}".replace("_", " "), f"|{'---|' * len(result.figures)}", f"|{values}", ""]
    return "\n".join(parts)


def _verdict(result: Result | None) -> str:
    if result is None:
        return "not run"
    return "**no**" if result.failed else "skipped" if result.skipped else "yes"


def _recovery(figures: dict[str, object]) -> str:
    half, most = figures.get("recovery_p50_s"), figures.get("recovery_max_s")
    return "" if most is None else f"{_number('recovery_p50_s', half)}, {_number('recovery_max_s', most)}"


def _unit(name: str) -> str:
    last = name.rpartition("_")[2]
    return {"s": "s", "ms": "ms", "us": "µs", "mb": "MB"}.get(last, "")


def _number(name: str, value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        text = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
        return f"{text} {_unit(name)}".strip()
    if isinstance(value, int):
        return f"{value:,} {_unit(name)}".strip()
    return "" if value is None else str(value)


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def _anchor(title: str) -> str:
    return "".join(letter for letter in title.lower().replace(" ", "-") if letter.isalnum() or letter == "-")
