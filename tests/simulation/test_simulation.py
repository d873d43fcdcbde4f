"""Three hundred seeds hold, are the same everywhere, and have seen something. `make drills` runs ten thousand."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections import Counter

import pytest

from tests.simulation.many import batches, shares
from tests.simulation.report import run

SEEDS = 300
FIRST = int(os.environ.get("SIMULATION_FIRST", "0"))
# What has to have happened somewhere in the seeds, and how often at least.
SEEN = {
    "deliveries": 4000, "retries": 1500, "lonely deaths": 100, "shared deaths": 300, "given back": 30, "buried": 700,
    "driven again": 60, "in a group": 1000, "duplicate ids": 100, "blocks": 300, "once": 300, "ticks": 200,
    "leases lost": 10, "memory": 150, "sqlite": 10, "worker": 50, "hang": 50, "kill": 50, "pause": 50, "disk": 50,
    "clock": 50, "drain": 50, "rename": 50, "redrive": 50, "delay": 50,
}  # fmt: skip


@pytest.mark.timeout(600)
def test_three_hundred_seeds_hold() -> None:
    saw: Counter[str] = Counter()
    stories: list[str] = []
    for done in batches(shares(FIRST, SEEDS)):
        saw += done.saw
        stories += [one.story for one in done.found]
    assert not stories, "\n\n".join(["", *stories[:3]])
    rare = {what: saw[what] for what, least in SEEN.items() if saw[what] < least}
    assert not rare, f"too little of this has happened: {rare}"


def digest(seed: int, backend: str) -> str:
    result = run(seed, backend=backend)
    text = "\n".join(f"{at!r} {text % values}" for at, _, _, text, values in result.notes)
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("backend", ["memory", "sqlite"])
def test_a_seed_is_the_same_in_every_process(backend: str) -> None:
    program = f"from tests.simulation.test_simulation import digest; print(digest(26, {backend!r}))"
    there = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
        for hash_seed in ("1", "2")
    }
    assert there == {digest(26, backend)}
