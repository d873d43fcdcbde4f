"""Memory of the idle process tree, and of the core under a long run of requests."""

from __future__ import annotations

import time

import processes
from figures import Results, Series
from options import Options
from projects import make
from servers import motia, running
from wrk import Target, slot

IDLE = 5.0
STRETCHES = 10


def measure(results: Results, options: Options) -> None:
    with running(motia(make("memory"))) as server:
        for path in ("/ts", "/py", "/rb"):
            server.wait(path)
        time.sleep(IDLE)
        members = processes.tree(server.process.pid)
        total = sum(map(processes.resident, members)) / processes.MEGABYTE
        shared = sum(map(processes.proportional, members)) / processes.MEGABYTE
        results.values["memory"] = total
        each = ", ".join(f"{processes.resident(pid) / processes.MEGABYTE:.0f}" for pid in members)
        results.notes.append(
            f"Idle tree: {len(members)} processes of {each} MB resident; {shared:.0f} MB when shared pages count once."
        )
        target = Target("soak", server.url + "/ts", 16)
        warm = slot(target, 5)
        stretch = max(1.0, options.requests / STRETCHES / warm.rate)
        points = [(0.0, processes.resident(server.process.pid) / processes.MEGABYTE)]
        done = 0.0
        for _ in range(STRETCHES):
            done += slot(target, stretch).rate * stretch
            points.append((done, processes.resident(server.process.pid) / processes.MEGABYTE))
    results.values["growth"] = points[-1][1] - points[0][1]
    results.notes.append(f"The soak had {done:,.0f} requests after a warm-up of 5 s.")
    results.plot("soak", "Resident memory of the core under load", "requests", "MB", Series("core", points), log=False)
