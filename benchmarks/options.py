"""How long and how much a run measures."""

from __future__ import annotations

import argparse
from typing import NamedTuple


class Options(NamedTuple):
    rounds: int
    events: int
    chains: int
    starts: int
    reloads: int
    requests: int
    backlog: int
    sockets: int
    seconds: float
    only: frozenset[str]
    quick: bool


def parse() -> Options:
    parser = argparse.ArgumentParser(description="Measures Motia and writes benchmarks/RESULTS.md.")
    parser.add_argument("--quick", action="store_true", help="everything, but a tenth of it: for a first look")
    parser.add_argument("--rounds", type=int, default=6, help="one-second slots per target")
    parser.add_argument("--requests", type=int, default=1_000_000, help="requests of the soak for memory growth")
    parser.add_argument("--backlog", type=int, default=1_000_000, help="events waiting in the largest backlog")
    parser.add_argument(
        "--only", default="", help="some of: http,events,start,reload,describe,memory,growth,backlog,history,streams"
    )
    given = parser.parse_args()
    quick = given.quick
    return Options(
        rounds=2 if quick else given.rounds,
        events=2_000 if quick else 20_000,
        chains=50 if quick else 300,
        starts=2 if quick else 5,
        reloads=100 if quick else 1_000,
        requests=given.requests // 10 if quick else given.requests,
        backlog=given.backlog // 10 if quick else given.backlog,
        sockets=1_000 if quick else 5_000,
        seconds=1.0 if quick else 5.0,
        only=frozenset(filter(None, given.only.split(","))),
        quick=quick,
    )
