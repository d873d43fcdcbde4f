"""What a runner must survive, and what must end it: orphans, signals, garbage, floods and a core that does not read."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from . import garbage
from .harness import PATIENCE, Transport, Worker
from .manifests import ROOT, Project, Runner
from .orphanage import STATES, bring

GONE = PATIENCE / 10
"""A worker without a core is gone within 2 s; a slow machine may scale it with the patience."""

CALLS = 10_000
WINDOW = 64


def alive(pid: int) -> bool:
    """Zombies count as gone: whoever adopted them may not reap."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state.strip()) and not state.strip().startswith("Z")


def assert_gone(pid: int) -> None:
    deadline = time.monotonic() + GONE
    while alive(pid):
        assert time.monotonic() < deadline, f"process {pid} outlived its core by {GONE:g} s"
        time.sleep(0.02)


def event(worker: Worker, number: int, name: str, value: object) -> dict[str, object]:
    named = {"invocation": f"i{number}", "snapshot": 1, "file": worker.project.files[name], "member": ""}
    rest = {"trigger": "event", "traceId": "t", "deadlineMs": 60000, "input": value}
    return {"id": number, "method": "step.run", "params": {**named, **rest}}


@pytest.mark.parametrize("transport", ["pipes", "sockets"])
@pytest.mark.parametrize("state", STATES)
def test_a_killed_core_leaves_no_worker(runner: Runner, state: str, transport: Transport) -> None:
    command = [sys.executable, "-m", "conformance.orphanage", runner.name, transport, state]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=env) as core:
        assert core.stdout is not None
        pid = int(core.stdout.readline() or 0)
        assert pid and alive(pid)
        core.kill()
    try:
        assert_gone(pid)
    finally:
        if alive(pid):
            os.killpg(pid, signal.SIGKILL)


@pytest.mark.parametrize("state", STATES)
def test_a_cut_lifeline_ends_the_worker(runner: Runner, state: str, project: Project) -> None:
    with Worker(runner, project) as worker:
        bring(worker, state)
        worker.cut_lifeline()
        assert worker.exit_code(GONE) is not None


@pytest.mark.parametrize("state", STATES)
def test_closed_input_ends_the_worker(runner: Runner, state: str, project: Project) -> None:
    with Worker(runner, project) as worker:
        bring(worker, state)
        worker.close_input()
        assert worker.exit_code(GONE) is not None


def test_sigint_is_ignored_and_sigterm_ends_it(runner: Runner, project: Project) -> None:
    with Worker(runner, project) as worker:
        bring(worker, "sleeping")
        os.kill(worker.process.pid, signal.SIGINT)
        worker.ask({"id": 3, "method": "ping", "params": {}})
        assert worker.message() == {"jsonrpc": "2.0", "id": 3, "result": {}}
        os.kill(worker.process.pid, signal.SIGTERM)
        assert worker.exit_code(GONE) is not None


def test_shutdown_waits_no_longer_than_its_grace(runner: Runner, project: Project) -> None:
    with Worker(runner, project) as worker:
        bring(worker, "sleeping")
        worker.ask({"id": 3, "method": "shutdown", "params": {"graceMs": 100}})
        answers = {}
        while (message := worker.message()) is not None:
            answers[message["id"]] = message
        assert answers[3].get("result") == {}
        assert worker.exit_code() == 0


@pytest.mark.parametrize("seed", range(3))
def test_garbage_never_hangs_it(runner: Runner, project: Project, seed: int) -> None:
    with Worker(runner, project) as worker:
        worker.handshake({"frame": 70_000})
        for line in garbage.lines(seed, 400, [project.files["value"], "steps/absent_step.x", "../x", ""]):
            worker.send(line)
        worker.ask({"id": 999_999, "method": "ping", "params": {}})
        while (message := worker.message()) is not None:
            if message.get("id") == 999_999:
                return
        assert worker.exit_code() >= 0, f"killed by a signal: {worker.stderr[-2000:]}"


def test_ten_thousand_pings_at_once(runner: Runner, project: Project) -> None:
    with Worker(runner, project) as worker:
        worker.handshake()
        numbers = list(range(2, CALLS + 2))
        random.Random(1).shuffle(numbers)
        worker.send(b"".join(b'{"jsonrpc":"2.0","id":%d,"method":"ping","params":{}}\n' % one for one in numbers))
        answered = []
        for _ in numbers:
            message = worker.message()
            assert message is not None, worker.stderr[-2000:]
            assert message.get("result") == {}, message
            answered.append(message["id"])
        assert sorted(answered) == sorted(numbers)


def test_ten_thousand_runs_keep_their_answers(runner: Runner, project: Project) -> None:
    with Worker(runner, project) as worker:
        worker.handshake()
        numbers = list(range(2, CALLS + 2))
        random.Random(2).shuffle(numbers)
        waiting = iter(numbers)
        open_: set[int] = set()
        for number in [next(waiting) for _ in range(WINDOW)]:
            open_.add(number)
            worker.ask(event(worker, number, "value", {"n": number}))
        while open_:
            message = worker.message()
            assert message is not None, worker.stderr[-2000:]
            number = int(str(message["id"]))
            assert message.get("result") == {"value": {"n": number}}, message
            open_.remove(number)
            if (another := next(waiting, None)) is not None:
                open_.add(another)
                worker.ask(event(worker, another, "value", {"n": another}))


def test_a_core_that_does_not_read_loses_nothing(runner: Runner, project: Project) -> None:
    with Worker(runner, project) as worker:
        worker.handshake()
        size, numbers = 200_000, range(2, 2 + WINDOW)
        for number in numbers:
            worker.ask(event(worker, number, "big", {"n": size}))
        worker.flush()
        time.sleep(0.3)
        for _ in numbers:
            message = worker.message()
            assert message is not None, worker.stderr[-2000:]
            assert message.get("result") == {"value": {"text": "x" * size}}, json.dumps(message)[:300]


def test_describing_many_files_twice_is_stable(runner: Runner, project: Project) -> None:
    files = sorted(name for name in project.files.values() if name.startswith("steps/"))
    with Worker(runner, project) as worker:
        worker.handshake()
        reports = []
        for number in (2, 3):
            params = {"snapshot": number, "files": files, "changed": files if number == 3 else []}
            worker.ask({"id": number, "method": "step.describe", "params": params})
            message = worker.message()
            assert message is not None, worker.stderr[-2000:]
            result = message["result"]
            assert isinstance(result, dict)
            reports.append([(one["file"], one.get("error", {}).get("code")) for one in result["files"]])
        assert reports[0] == reports[1]
        bad = {Path(file).name.split("_")[0]: code for file, code in reports[0] if code}
        assert bad == {"broken": "syntax", "leaves": "exit"}
