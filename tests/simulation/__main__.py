"""`python -m tests.simulation`: runs seeds, shows how far it is, prints the story of each violation.

`--seed 17` tells all of one seed. `--seeds 10000 --state FILE` goes on where it was broken off. Exit code 1 when a
promise was broken.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from collections import Counter
from pathlib import Path

import msgspec
from msgspec import Struct

from tests.simulation.many import batches, shares
from tests.simulation.report import found, run, story


class State(Struct):
    """What was done by earlier calls: the first seeds of the shares that are through, and what they came to. `code`:
    what was simulated; another code begins anew."""

    code: str = ""
    shares: list[int] = []
    seeds: int = 0
    runs: int = 0
    virtual: float = 0.0
    took: float = 0.0
    saw: dict[str, int] = {}
    violations: dict[int, str] = {}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    parser.add_argument("--seed", type=int, help="one seed, with everything that happened in it")
    parser.add_argument("--seeds", type=int, default=300, help="how many")
    parser.add_argument("--first", type=int, default=0, help="the first of them")
    parser.add_argument("--minutes", type=float, default=60.0, help="begin nothing more after this time")
    parser.add_argument("--state", type=Path, help="remember here what was done, and go on from there")
    parser.add_argument("--jobs", type=int, default=0, help="processes; 0 = one per processor")
    asked = parser.parse_args()
    return _one(asked.seed) if asked.seed is not None else _many(asked)


def _one(seed: int) -> int:
    result = run(seed)
    for line in story(msgspec.structs.replace(result, violation=None)):
        print(line)
    print(f"\nseed {seed}: {result.runs} runs in {result.seconds:.0f} simulated seconds")
    if result.violation is None:
        print("no violation")
        return 0
    print(f"\n{found(result).story}")
    return 1


def _many(asked: argparse.Namespace) -> int:
    state = _load(asked.state)
    todo = [share for share in shares(asked.first, asked.seeds) if share[0] not in state.shares]
    began, before = time.monotonic(), state.took
    for done in batches(todo, limit=asked.minutes * 60, jobs=asked.jobs):
        state.shares.append(done.first)
        state.seeds += done.seeds
        state.runs += done.runs
        state.virtual += done.seconds
        state.took = before + time.monotonic() - began
        state.saw = dict(Counter(state.saw) + done.saw)
        for one in done.found:
            state.violations[one.seed] = one.text
            print(f"\r\033[K{one.story}\n" if sys.stdout.isatty() else f"{one.story}\n")
        if asked.state is not None:
            asked.state.write_bytes(msgspec.json.encode(state))
        _show(state, asked.seeds)
    if asked.state is not None and state.seeds >= asked.seeds:
        asked.state.unlink()
    if sys.stdout.isatty():
        print()
    print(_summary(state))
    if state.seeds < asked.seeds:
        print(f"{asked.seeds - state.seeds} seeds are left; the same command goes on with them")
    return 1 if state.violations else 0


def _load(path: Path | None) -> State:
    code = hashlib.blake2b(digest_size=8)
    for file in sorted(Path(__file__).parents[2].glob("motia_core/**/*.py")) + sorted(
        Path(__file__).parent.glob("*.py")
    ):
        code.update(file.read_bytes())
    fresh = State(code=code.hexdigest())
    if path is None:
        return fresh
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        return fresh
    state = msgspec.json.decode(path.read_bytes(), type=State)
    return state if state.code == fresh.code else fresh


def _show(state: State, wanted: int) -> None:
    left = state.took / max(1, state.seeds) * (wanted - state.seeds)
    text = f"simulation: {state.seeds} of {wanted} seeds, {len(state.violations)} violations, {left:.0f} s left"
    if sys.stdout.isatty():
        print(f"\r\033[K{text}", end="", flush=True)
    elif state.seeds % max(20, wanted // 20) < 20:
        print(text, flush=True)


def _summary(state: State) -> str:
    return (
        f"{state.seeds} seeds, {state.runs} runs of handlers in {state.virtual / 3600:.1f} simulated hours,"
        f" {state.took:.0f} s: {len(state.violations)} violations"
    )


if __name__ == "__main__":
    sys.exit(main())
