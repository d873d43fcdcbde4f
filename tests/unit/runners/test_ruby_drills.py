"""Every misbehaving step of `runners/ruby/drills`, in a real worker."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conformance.manifests import ROOT
from tests.unit.runners.ruby_core import MARKS, Core, Refusal, event

pytestmark = MARKS

DRILLS = ROOT / "runners" / "ruby" / "drills"


def drill(folder: Path, name: str, **limits: int) -> Core:
    return Core(folder, {f"steps/{name}_step.rb": (DRILLS / f"{name}_step.rb").read_text("utf-8")}, **limits)


HOG = """
import sys, time
from pathlib import Path
from tests.unit.runners.test_ruby_drills import drill

with drill(Path(sys.argv[1]), "hogs_lock") as core:
    core.start("steps/hogs_lock_step.rb")
    core.worker.listen(0.5)
    print(core.worker.process.pid, flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's part exists on Linux only")
def test_a_worker_whose_lock_is_held_dies_with_its_core(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOG, str(tmp_path)], stdout=subprocess.PIPE, cwd=ROOT) as core:
        assert core.stdout is not None
        status = Path(f"/proc/{int(core.stdout.readline())}/status")
        assert "\nState:\tZ" not in status.read_text()
        core.kill()
    deadline = time.monotonic() + 5
    while status.exists() and "\nState:\tZ" not in status.read_text():
        assert time.monotonic() < deadline, "the worker lives on without its core"
        time.sleep(0.01)


def test_a_hard_exit_ends_the_process(tmp_path: Path) -> None:
    with drill(tmp_path, "dies") as core:
        core.start("steps/dies_step.rb")
        assert core.worker.line() is None
        assert core.worker.exit_code() == 7


def test_a_flood_of_lines_arrives_whole(tmp_path: Path) -> None:
    with drill(tmp_path, "floods") as core:
        numbers = {name: core.start("steps/floods_step.rb", {"name": name, "lines": 300}) for name in "ab"}
        names = {f"i{number}": name for name, number in numbers.items()}
        for name, number in numbers.items():
            assert core.wait(number)["value"] == name
        for invocation, name in names.items():
            said = [one["msg"] for one in core.logs if one.get("invocation") == invocation]
            assert sorted(said) == sorted(f"{name} {thread} {line}" for thread in range(4) for line in range(300))


def test_a_step_that_grabs_for_the_wire_misses_it(tmp_path: Path) -> None:
    with drill(tmp_path, "steals") as core:
        assert core.run("steps/steals_step.rb") == ""
        assert core.ask("ping", {}) == {}


def test_a_step_that_swallows_its_cancellation_is_answered_in_the_end(tmp_path: Path) -> None:
    with drill(tmp_path, "swallows") as core:
        (tmp_path / "steps/good_step.rb").write_text(event("def handler(i) = i"))
        number = core.start("steps/swallows_step.rb")
        line = core.worker.line()
        assert line is not None and b"state.get" in line
        core.cancel(core.invocation)
        with pytest.raises(Refusal) as refused:
            core.wait(number)
        assert refused.value.code == -32800
        assert len(core.named("state.get")) == 9, "only the call that waited was interrupted"
        assert core.run("steps/good_step.rb", 1) == 1


def test_a_file_that_never_finishes_loading_is_given_up(tmp_path: Path) -> None:
    with drill(tmp_path, "hangs", loadMs=200) as core:
        (tmp_path / "steps/good_step.rb").write_text(event("def handler(i) = i"))
        hung, good = core.describe("steps/hangs_step.rb", "steps/good_step.rb")
        assert (hung["error"]["code"], hung["error"]["line"]) == ("timeout", 4)
        assert "error" not in good
