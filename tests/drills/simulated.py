"""Simulated faults

Queue, leases, retries and pools of one or more servers run on a simulated clock, driven by a seed, while processes are
killed, answers delayed and reordered, disks fail and clocks are set; ten thousand seeds. No promise is broken in any.
`make simulate SEED=n` tells the story of one.
"""

from __future__ import annotations

from collections.abc import Callable

import anyio

from tests.drills.kit.verdict import must
from tests.simulation.many import batches, shares

SEEDS = 10_000
LIMIT = 3600.0


async def run(scale: float, report: Callable[[str], None]) -> dict[str, object]:
    return await anyio.to_thread.run_sync(_simulate, max(20, int(SEEDS * scale)), report)


def _simulate(seeds: int, report: Callable[[str], None]) -> dict[str, object]:
    done = runs = 0
    simulated = 0.0
    saw: dict[str, int] = {}
    for one in batches(shares(0, seeds)):
        done += one.seeds
        runs += one.runs
        simulated += one.seconds
        for name, count in one.saw.items():
            saw[name] = saw.get(name, 0) + count
        must(not one.found, "; ".join(f"seed {found.seed}: {found.text}" for found in one.found[:3]))
        report(f"{done:,} of {seeds:,} seeds")
    must(done == seeds, f"only {done} of {seeds} seeds were run")
    return {"seeds": done, "violations": 0, "runs_of_handlers": runs, "simulated_hours": simulated / 3600, **saw}
