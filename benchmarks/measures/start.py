"""Start to first answer, in every language."""

from __future__ import annotations

import statistics

from figures import Results
from options import Options
from projects import make
from servers import motia, running

PATHS = ("/ts", "/js", "/py", "/rb")


def measure(results: Results, options: Options) -> None:
    folder = make("start")
    with running(motia(folder)) as server:
        for path in PATHS:
            server.wait(path)
    first, every = [], []
    for _ in range(options.starts):
        with running(motia(folder)) as server:
            first.append(server.wait("/ts"))
            every.append(max(server.wait(path) for path in PATHS))
    results.values["start"] = statistics.median(first)
    results.notes.append(
        f"All languages answer after {statistics.median(every):.2f} s (median of {options.starts} starts)."
    )
