"""Every misbehaving step of `runners/python/drills`, in a real worker."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from python_worker import ROOT, Worker, event, write

DRILLS = ROOT / "runners/python/drills"
RUN = {"spins", "blocks", "dies", "swallows", "floods", "steals", "meddles", "recurses", "odd", "slow_to_load"}


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    shutil.copytree(DRILLS, tmp_path / "steps")
    write(tmp_path, {"steps/good_step.py": event("return 'good'")})
    with Worker(tmp_path) as started:
        yield started


def test_every_drill_has_its_test() -> None:
    assert {path.name[: -len("_step.py")] for path in DRILLS.glob("*_step.py")} == RUN


def test_dies(worker: Worker) -> None:
    worker.begin("steps/dies_step.py")
    assert worker.process.wait(10) == 9


@pytest.mark.parametrize("how", ["stdin", "lifeline"])
def test_spins(worker: Worker, how: str) -> None:
    id = worker.begin("steps/spins_step.py")
    worker.until(lambda: "spinning" in worker.messages)
    assert worker.run("steps/good_step.py") == "good"
    worker.send({"method": "cancel", "params": {"invocation": f"i{id}", "reason": "user"}})
    assert worker.ask("ping", {}) == {}
    assert not worker.settled(id)
    if how == "stdin":
        assert worker.process.stdin is not None
        worker.process.stdin.close()
    else:
        os.close(worker._lifeline)
        worker._lifeline = os.open(os.devnull, os.O_RDONLY)
    assert worker.process.wait(5) == 0


def test_blocks(worker: Worker) -> None:
    blocked = worker.begin("steps/blocks_step.py", {"seconds": 0.3})
    ping = worker.start("ping", {})
    worker.until(lambda: worker.settled(blocked) or worker.settled(ping))
    assert worker.answer(blocked) == {"value": "done"}
    assert worker.answer(ping) == {}
    worker.begin("steps/blocks_step.py", {"seconds": 60})
    assert worker.process.stdin is not None
    worker.process.stdin.close()
    assert worker.process.wait(5) == 0


def test_swallows(worker: Worker) -> None:
    id = worker.begin("steps/swallows_step.py")
    worker.until(lambda: "waiting" in worker.messages)
    worker.send({"method": "cancel", "params": {"invocation": f"i{id}", "reason": "deadline"}})
    assert worker.answer(id)["code"] == -32800
    assert worker.messages[-1] == "stopped"


def test_floods(worker: Worker) -> None:
    id = worker.begin("steps/floods_step.py", {"lines": 40_000})
    assert worker.process.stdout is not None
    worker.until(lambda: len(worker.logs) > 10)
    status = Path(f"/proc/{worker.process.pid}/status")
    for _ in range(50):  # nobody reads meanwhile
        os.sched_yield()
    if status.exists():
        peak = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
        assert int(peak.split()[1]) < 120_000
    assert worker.answer(id) == {"value": "done"}
    assert [int(message.split()[0]) for message in worker.messages] == list(range(40_000))


def test_steals(worker: Worker) -> None:
    assert worker.run("steps/steals_step.py") == ""
    assert worker.messages == ["still heard"]
    assert worker.run("steps/good_step.py") == "good"


def test_meddles(worker: Worker) -> None:
    worker.state[("g", "k")] = {"$bytes": "AA=="}
    assert worker.run("steps/meddles_step.py") == {"$bytes": "AA=="}
    assert worker.run("steps/good_step.py") == "good"
    assert worker.describe("steps/good_step.py", changed=("steps/good_step.py",), snapshot=2)[0]["steps"]


def test_recurses(worker: Worker) -> None:
    assert worker.run("steps/recurses_step.py", "code")["code"] == 1001
    assert worker.run("steps/recurses_step.py", "result") is None
    assert worker.run("steps/good_step.py") == "good"


def test_odd(worker: Worker) -> None:
    error = worker.run("steps/odd_step.py")
    assert (error["code"], error["data"]["name"]) == (1001, "Unprintable")


def test_slow_to_load(tmp_path: Path) -> None:
    shutil.copytree(DRILLS, tmp_path / "steps")
    program = f"""
import json, sys
sys.path.insert(0, {str(ROOT / "runners/python")!r})
from motia_runner import loader
reports = loader.Loader({str(tmp_path)!r}, "dev", 0.2).describe(1, ["steps/slow_to_load_step.py", "steps/odd_step.py"], [])
print(json.dumps([reports[0]["error"]["code"], reports[0]["error"]["line"], len(reports[1]["steps"])]))
"""
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=False)
    assert printed.stdout.strip() == '["timeout", 9, 1]', printed.stderr
