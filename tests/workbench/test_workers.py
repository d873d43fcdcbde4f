"""Workers: every pool and process with what it does and needs, why some went, what to install where a runtime is missing, and
a restart that drops no request."""

from __future__ import annotations

import os
import shutil
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.kit.server import MOTIA, ROOT, Server, address, launch, until
from tests.workbench.kit import Bench, benching_on, checks

SLOW = """import asyncio

config = {"type": "api", "name": "Slow", "method": "GET", "path": "/slow", "emits": []}


async def handler(req, context):
    await asyncio.sleep(0.4)
    return {"status": 200, "body": {}}
"""
ENDS = """#!/bin/sh
case "$*" in
  *motia_runner*) [ -e "$CURE" ] || exit 3 ;;
esac
exec {ruby} "$@"
"""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    project = tmp_path_factory.mktemp("workers") / "orders"
    shutil.copytree(ROOT / "examples" / "orders", project, ignore=shutil.ignore_patterns(".motia"))
    (project / "steps" / "slow_step.py").write_text(SLOW)
    with benching_on(project) as found:
        yield found


def pool(server: Server, name: str) -> Any:
    return next(one for one in server.get("/__motia/api/workers").json if one["name"] == name)


@pytest.mark.parametrize("check", checks(__file__))
def test_the_workers(bench: Bench, check: str) -> None:
    bench.run(__file__, check)


def test_why_a_worker_went(bench: Bench) -> None:
    [worker] = pool(bench.server, "ruby")["workers"]
    bench.run(__file__, "given_workers_are_shown")
    os.kill(worker["pid"], signal.SIGKILL)
    bench.run(__file__, "given_a_crash", pool="ruby", worker=worker["name"])


def test_a_restart_drops_no_request(bench: Bench) -> None:
    before = {one["pid"] for one in pool(bench.server, "python")["workers"]}
    answers: list[int] = []
    is_over = threading.Event()

    def ask() -> None:
        while not is_over.is_set():
            answers.append(bench.server.get("/slow").status)

    asking = [threading.Thread(target=ask) for _ in range(4)]
    for one in asking:
        one.start()
    try:
        until(lambda: len(answers) > 4)
        bench.run(__file__, "given_a_restart", pool="python")
        until(lambda: (now := pool(bench.server, "python")["workers"]) and not before & {one["pid"] for one in now})
        asked = len(answers)
        until(lambda: len(answers) > asked + 8)
    finally:
        is_over.set()
        for one in asking:
            one.join()
    assert set(answers) == {200}


def test_workers_that_do_not_start(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is to run them ends as soon as it is to."""
    ruby = shutil.which("ruby")
    assert ruby is not None
    (tmp_path / "ruby").write_text(ENDS.format(ruby=ruby))
    (tmp_path / "ruby").chmod(0o755)
    cure = tmp_path / "cure"
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("CURE", str(cure))
    again(bench)
    found = until(lambda: (one := pool(bench.server, "ruby"))["state"] == "crash-looping" and one, patience=90)
    assert found["nextTry"] is not None
    bench.run(__file__, "given_a_circuit_that_is_open", pool="ruby")
    cure.touch()
    bench.run(__file__, "given_they_start_again", pool="ruby")


def test_a_runtime_that_is_missing(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without the runtime: nothing of that name on its path."""
    for folder in os.environ["PATH"].split(os.pathsep):
        for file in Path(folder).glob("*") if Path(folder).is_dir() else ():
            if "ruby" not in file.name and not (tmp_path / file.name).exists():
                (tmp_path / file.name).symlink_to(file)
    monkeypatch.setenv("PATH", str(tmp_path))
    again(bench)
    bench.run(__file__, "given_a_missing_runtime", pool="ruby")


def again(bench: Bench) -> None:
    """Starts the server anew; it need not become ready."""
    port = bench.server.url.rpartition(":")[2]
    bench.stop()
    bench.server = launch(bench.project, [*MOTIA, "dev", "--port", port])
    bench.server.url = until(lambda: address(bench.server), patience=60)
    until(lambda: bench.server.get("/__motia/api/pools").json["items"])
