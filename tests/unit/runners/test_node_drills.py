"""Every misbehaving step of `runners/node/drills`, in a real worker."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from node_worker import NODE, Node, Refused

from tests.conformance.manifests import ROOT, packages

pytestmark = [pytest.mark.node, pytest.mark.skipif(NODE is None or bool(NODE.problem), reason="no Node here")]

DRILLS = ROOT / "runners/node/drills"
RUN = {
    "dies",
    "floods",
    "leftovers",
    "lingers",
    "meddles",
    "odd",
    "recurses",
    "slow_to_load",
    "spins",
    "steals",
    "swallows",
}
GOOD = "exports.config = { type: 'event', name: 'good', subscribes: ['t'] };\nexports.handler = async () => 'good';\n"


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    shutil.copytree(DRILLS, tmp_path / "steps")
    with Node(tmp_path) as started:
        started.write("steps/good_step.js", GOOD)
        yield started


def drill(name: str) -> str:
    return f"steps/{name}_step.js"


def hear(node: Node, wanted: str) -> dict[str, object]:
    """Reads until a log line with that message; its fields."""
    while True:
        line = node.worker.line()
        assert line is not None
        params = json.loads(line).get("params", {})
        if params.get("msg") == wanted:
            return params["fields"]  # type: ignore[no-any-return]


def eventually(check: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not check():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def alive(pid: int) -> bool:
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state.strip()) and not state.strip().startswith("Z")


def test_every_drill_has_its_test() -> None:
    assert {path.name.removesuffix("_step.js") for path in DRILLS.glob("*_step.js")} == RUN


def test_dies(node: Node) -> None:
    node.start(drill("dies"))
    assert node.worker.exit_code() == -signal.SIGKILL


@pytest.mark.parametrize("how", ["input", "lifeline"])
def test_spins(node: Node, how: str) -> None:
    node.start(drill("spins"))
    child = hear(node, "spinning")["child"]
    assert isinstance(child, int) and alive(child)
    if how == "input":
        node.worker.close_input()
    else:
        node.worker.cut_lifeline()
    node.worker.exit_code()
    eventually(lambda: not alive(child))


def test_swallows(node: Node) -> None:
    number = node.start(drill("swallows"))
    hear(node, "waiting")
    node.worker.ask({"method": "cancel", "params": {"invocation": f"i{number}", "reason": "deadline"}})
    with pytest.raises(Refused) as caught:
        node.wait(number)
    assert caught.value.code == -32800
    assert node.said() == ["stopped"]


def test_floods(node: Node) -> None:
    lines = 5000
    first = node.start(drill("floods"), {"lines": lines, "size": 1000})
    second = node.start("steps/good_step.js")
    assert node.wait(second) == {"value": "good"}
    assert node.wait(first) == {"value": "done"}
    assert [int(text.split()[0]) for text in node.said()] == list(range(lines))


def test_floods_without_a_reader(node: Node) -> None:
    status = Path(f"/proc/{node.worker.process.pid}/status")
    if not status.exists():
        pytest.skip("needs /proc")
    number = node.start(drill("floods"), {"lines": 40_000, "size": 10_000})
    node.worker.flush()
    eventually(lambda: not _running(node.worker.process.pid))
    used = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    assert int(used.split()[1]) < 400_000
    assert node.wait(number) == {"value": "done"}
    node.run("steps/good_step.js")
    node.run(drill("floods"), {"lines": 1, "size": 1})
    assert any("log lines were left out" in text for text in node.said("warn"))


def _running(pid: int) -> bool:
    """Whether the process has used the processor lately."""

    def used() -> int:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
        return int(fields[11]) + int(fields[12])

    before = used()
    time.sleep(0.3)
    return used() - before > 2


def test_steals(node: Node) -> None:
    assert node.run(drill("steals")) == ""
    assert node.said() == ["still heard"]
    assert node.run("steps/good_step.js") == "good"


def test_meddles(node: Node) -> None:
    node.store["/g", "k"] = {"$bytes": "AA=="}
    assert node.run(drill("meddles")) == {"$bytes": "AA=="}
    assert node.run("steps/good_step.js") == "good"
    assert node.describe("steps/good_step.js", changed=("steps/good_step.js",))[0]["steps"]
    with pytest.raises(Refused) as caught:
        node.run(drill("recurses"))
    assert caught.value.code == 1001


def test_recurses(node: Node) -> None:
    with pytest.raises(Refused) as caught:
        node.run(drill("recurses"), "code")
    assert caught.value.code == 1001
    assert node.run(drill("recurses"), "result") is None
    assert node.run("steps/good_step.js") == "good"


@pytest.mark.parametrize("what", ["error", "proxy", "bare", "symbol"])
def test_odd(node: Node, what: str) -> None:
    with pytest.raises(Refused) as caught:
        node.run(drill("odd"), what)
    assert (caught.value.code, caught.value.data["name"]) == (1001, "Error")
    assert node.said() == ["odd"]
    assert node.run("steps/good_step.js") == "good"


def test_lingers(node: Node) -> None:
    assert node.run(drill("lingers")) == "there"
    os.kill(node.worker.process.pid, signal.SIGTERM)
    hear(node, "tidying")
    assert node.worker.exit_code() == 143


def test_leftovers(node: Node) -> None:
    number = node.start(drill("leftovers"))
    assert node.wait(number) == {"value": "answered"}
    heard = []
    while len(heard) < 2:
        line = node.worker.line()
        assert line is not None
        heard.append(json.loads(line)["params"])
    assert [one["invocation"] for one in heard] == [f"i{number}"] * 2
    assert heard[0]["msg"] == "after the invocation had ended: too late"
    assert node.run("steps/good_step.js") == "good"


def test_nobody_reads_the_wire_any_more(node: Node) -> None:
    os.close(node.worker._from)
    node.worker._select.unregister(node.worker._from)
    node.worker._from = -1
    node.begin("ping")
    node.worker.flush()
    assert node.worker.process.wait(10) == 0


def test_slow_to_load(tmp_path: Path) -> None:
    shutil.copytree(DRILLS, tmp_path / "steps")
    program = f"""
      const {{ Steps }} = require({str(ROOT / "runners/node/motia_runner/steps.js")!r});
      const steps = new Steps({{ log() {{}} }});
      steps.patience = 2000;  // enough for a busy machine to compile them
      steps.open({str(tmp_path)!r});
      steps.describe({{ snapshot: 1, files: ["steps/slow_to_load_step.js", "steps/odd_step.js"], changed: [], held: [] }}).then((reports) => {{
        const [slow, odd] = reports.map((text) => JSON.parse(text));
        console.log(JSON.stringify([slow.error.code, odd.steps.length]));
        process.exit();
      }});
    """
    env = {**os.environ, **packages(NODE)}
    done = subprocess.run(["node", "-e", program], capture_output=True, text=True, check=True, timeout=60, env=env)
    assert json.loads(done.stdout) == ["timeout", 1]
