"""The screen of streams: their groups and items, live, in pages, and refused; their schemas; the lines that follow them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest

from tests.kit.packages import STREAM_CLIENTS
from tests.kit.project import write
from tests.workbench.bench_of_queues import FILES
from tests.workbench.kit import Bench, benching_on, checks


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with benching_on(write(tmp_path_factory.mktemp("streams") / "shop", FILES)) as found:
        yield found


@pytest.mark.parametrize("check", checks(__file__))
def test_streams(bench: Bench, check: str) -> None:
    bench.run(__file__, check)


def test_the_lines_for_the_published_client_work(bench: Bench) -> None:
    code = bench.run(__file__, "given_the_client_code")
    seen = "items.addChangeListener((all) => { if (all.some((one) => one.text)) process.exit(7) })"
    bundle = [STREAM_CLIENTS / "node_modules" / ".bin" / "esbuild", "--bundle", "--platform=node", "--log-level=error"]
    script = subprocess.run(
        bundle, cwd=STREAM_CLIENTS, input=f"{code}\n{seen}", capture_output=True, text=True, timeout=30, check=True
    ).stdout
    node = ["node", "--experimental-websocket", "-"]
    done = subprocess.run(node, input=script, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 7, done.stderr


def test_a_project_without_streams_learns_of_them(bench: Bench) -> None:
    for file in ("todo", "typing", "inbox"):
        (bench.project / "steps" / f"{file}.stream.js").unlink()
    bench.run(__file__, "given_none")
