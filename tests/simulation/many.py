"""Many seeds, on all processors: what each process found, in the order of the seeds' ends. Stops at a time limit."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait

from msgspec import Struct

from tests.simulation.report import Found, found, run

_SHARE = 20


class Batch(Struct):
    """What some seeds came to. `saw` counts what happened in them, so that silence can be told from peace."""

    first: int
    seeds: int = 0
    runs: int = 0
    seconds: float = 0.0
    saw: Counter[str] = Counter()
    found: list[Found] = []


def batch(first: int, count: int) -> Batch:
    done = Batch(first)
    for seed in range(first, first + count):
        result = run(seed)
        done.seeds += 1
        done.runs += result.runs
        done.seconds += result.seconds
        done.saw.update(result.saw)
        done.saw.update(result.setup.faults)
        done.saw[result.setup.backend] += 1
        if result.violation is not None:
            done.found.append(found(result))
    return done


def batches(firsts: Sequence[tuple[int, int]], *, limit: float = float("inf"), jobs: int = 0) -> Iterator[Batch]:
    """(first seed, how many) each; those not begun after `limit` seconds are left out."""
    end = time.monotonic() + limit
    jobs = jobs or os.cpu_count() or 1
    left = list(reversed(firsts))
    # Spawned, not forked: the tests' own process has threads.
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        running: set[Future[Batch]] = set()
        while left or running:
            while left and len(running) < jobs + 1 and time.monotonic() < end:
                running.add(pool.submit(batch, *left.pop()))
            if not running:
                return
            ended, running = wait(running, return_when=FIRST_COMPLETED)
            for one in ended:
                yield one.result()


def shares(first: int, count: int) -> list[tuple[int, int]]:
    """`count` seeds from `first` on, in shares for one process."""
    return [(at, min(_SHARE, first + count - at)) for at in range(first, first + count, _SHARE)]
