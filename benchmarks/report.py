"""Writes RESULTS.md and the plots from what was found. Measures nothing."""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path

from figures import FIGURES, Figure, Results
from plot import svg
from servers import HERE

INTRODUCTION = """# Results

Written by `make bench`; do not edit. Everything ran on the machine that also made the load, over loopback, in one
run: absolute figures move with the machine, so think in ratios. Throughput is measured in interleaved one-second slots
and is the median of the slots; ratios are taken round by round. Unless said, tracing is on, as in `motia dev`, and the
yardstick is bare aiohttp on uvloop, which answers the same request with constant bytes, without routing, reading or
checking it.
"""


def write(results: Results, folder: Path = HERE) -> None:
    parts = [INTRODUCTION, _machine(), _table(results), _notes(results), _slots(results), _plots(results, folder)]
    (folder / "RESULTS.md").write_text("\n".join(filter(None, parts)), "utf-8")


def _machine() -> str:
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout.strip()
    ruby = subprocess.run(["ruby", "-e", "print RUBY_VERSION"], capture_output=True, text=True, check=False).stdout
    return (
        f"Measured with {os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, Node {node.removeprefix('v') or 'absent'}, Ruby {ruby or 'absent'}.\n"
    )


def _table(results: Results) -> str:
    lines = ["| what | value | floor | goal | reached |", "|---|---|---|---|---|"]
    for figure in FIGURES:
        value = results.values.get(figure.key)
        said = "not measured" if value is None else _number(figure, value)
        reached = "" if value is None else figure.verdict(value)
        marks = f"{_number(figure, figure.floor)} | {_number(figure, figure.goal)}"
        lines.append(f"| {figure.what} | {said} | {marks} | {reached} |")
    return "\n".join([*lines, ""])


def _number(figure: Figure, value: float) -> str:
    text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.0f}" if abs(value) >= 100 else f"{value:.2f}"
    return f"{text} {figure.unit}"


def _notes(results: Results) -> str:
    failed = [f"Not measured: {name}: {reason}" for name, reason in results.failed.items()]
    return "\n".join([*(f"- {note}" for note in [*results.notes, *failed]), ""])


def _slots(results: Results) -> str:
    if not results.slots:
        return ""
    lines = ["## Slots", "", "| what, connections | requests/s | p50 ms | p99 ms |", "|---|---|---|---|"]
    lines += [f"| {name} | {rate:,.0f} | {p50:.2f} | {p99:.2f} |" for name, rate, p50, p99 in results.slots]
    return "\n".join([*lines, ""])


def _plots(results: Results, folder: Path) -> str:
    if not results.plots:
        return ""
    (folder / "plots").mkdir(exist_ok=True)
    lines = ["## How cost grows", ""]
    for plot in results.plots:
        (folder / "plots" / f"{plot.key}.svg").write_text(svg(plot), "utf-8")
        lines.append(f"![{plot.title}](plots/{plot.key}.svg)")
    return "\n".join([*lines, ""])
