"""Runs wrk for one slot and reads its result. One thread, on the machine that serves: think in ratios, not figures."""

from __future__ import annotations

import json
import math
import os
import statistics
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

SCRIPT = Path(__file__).resolve().parent / "report.lua"


class Slot(NamedTuple):
    """Requests per second; latencies in milliseconds."""

    rate: float
    p50: float
    p99: float


class Target(NamedTuple):
    """Where to send what, with how many connections. `length` > 0 makes a body with a text of that length."""

    name: str
    url: str
    connections: int = 16
    body: str = '{"name":"ada"}'
    length: int = 0


def slot(target: Target, seconds: float = 1) -> Slot:
    """One run of whole seconds. Raises RuntimeError when a request failed: a refusal is fast, but not meant."""
    env = {**os.environ, "BENCH_BODY": target.body, "BENCH_LENGTH": str(target.length)}
    options = ["-t1", f"-c{target.connections}", f"-d{math.ceil(seconds)}s", "--timeout", "20s", "-s", str(SCRIPT)]
    done = subprocess.run(["wrk", *options, target.url], env=env, capture_output=True, text=True, check=True)
    line = next(line for line in done.stdout.splitlines() if line.startswith("RESULT "))
    result = json.loads(line.removeprefix("RESULT "))
    if result["failed"] or not result["requests"]:
        raise RuntimeError(f"{target.name}: {result['failed']} of {result['requests']} requests failed ({target.url})")
    return Slot(result["requests"] / result["seconds"], result["p50"], result["p99"])


def interleave(targets: Sequence[Target], rounds: int, seconds: float = 1) -> dict[Target, list[Slot]]:
    """Every target once per round, so that the machine's drift meets all alike; the first round only warms up."""
    slots: dict[Target, list[Slot]] = {target: [] for target in targets}
    for number in range(rounds + 1):
        for target in targets:
            found = slot(target, seconds)
            if number:
                slots[target].append(found)
    return slots


def ratio(one: Sequence[Slot], other: Sequence[Slot]) -> float:
    """The median of the rates' ratios, round by round."""
    return statistics.median(a.rate / b.rate for a, b in zip(one, other, strict=True))


def middle(slots: Sequence[Slot]) -> Slot:
    return Slot(*(statistics.median(column) for column in zip(*slots, strict=True)))
