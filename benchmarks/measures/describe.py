"""How long a project of very many files takes to be read, with and without what an earlier start kept, and what each
step costs in memory."""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

import processes
from figures import Results, Series
from forest import grow
from options import Options
from servers import ENVIRONMENT, ROOT, motia, running

COUNT = 1_000
MANY = 5_000
SETTLED = 3.0


def measure(results: Results, options: Options) -> None:
    empty = grow("forest-4", 4)
    project = grow(f"forest-{COUNT}", COUNT)
    colds, warms = [], []
    for _ in range(options.starts):
        colds.append(listed(project, COUNT, fresh=True))
        warms.append(listed(project, COUNT))
    results.values["cold"], results.values["warm"] = statistics.median(colds), statistics.median(warms)
    points = {"cold": [(COUNT, results.values["cold"])], "warm": [(COUNT, results.values["warm"])]}
    many = grow(f"forest-{MANY}", MANY)
    for name, fresh in (("cold", True), ("warm", False)):
        points[name] = [(4.0, listed(empty, 4, fresh=fresh)), *points[name], (MANY, listed(many, MANY, fresh=fresh))]
    results.values["linear"] = points["cold"][2][1] / points["cold"][1][1] / (MANY / COUNT)
    small, (start, large), (_, largest) = weighed(empty), weighed(project), weighed(many)
    results.values["weight"] = (large - small[1]) / (COUNT - 4) / 1024
    results.notes.append(
        f"Reading {COUNT:,} files takes {_spread(colds)} cold and {_spread(warms)} warm, the start of the command "
        f"included; `motia dev` serves them after {start:.2f} s."
    )
    results.notes.append(
        f"{MANY:,} files: {points['cold'][2][1]:.1f} s cold, {points['warm'][2][1]:.1f} s warm, "
        f"{(largest - small[1]) / (MANY - 4) / 1024:.0f} kB of resident memory a step."
    )
    results.plot(
        "forest",
        "Seconds to read a project by number of files",
        "files",
        "s",
        *(Series(name, line) for name, line in points.items()),
        log=False,
    )


def listed(project: Path, count: int, *, fresh: bool = False) -> float:
    """Seconds of `motia list`, which reads every file. `fresh`: without anything an earlier one has kept."""
    if fresh:
        shutil.rmtree(project / ".motia", ignore_errors=True)
    command = [sys.executable, "-m", "motia_core.cli", "list", "--json"]
    began = time.perf_counter()
    done = subprocess.run(
        command, cwd=project, env={**ENVIRONMENT, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    took = time.perf_counter() - began
    if done.returncode or len(json.loads(done.stdout)) != count or '"error": "' in done.stdout:
        raise RuntimeError(f"motia list in {project} did not find {count} steps: {done.stderr or done.stdout[:500]}")
    return took


def weighed(project: Path) -> tuple[float, float]:
    """`motia dev`: seconds until it serves, and bytes of its whole tree when idle."""
    with running(motia(project)) as server:
        took = server.wait("/ts/0", b'{"id":"1","items":[{"sku":"a","price":1,"tags":[]}]}')
        time.sleep(SETTLED)
        return took, sum(map(processes.resident, processes.tree(server.process.pid)))


def _spread(times: list[float]) -> str:
    return f"{min(times):.2f} to {max(times):.2f} s"
