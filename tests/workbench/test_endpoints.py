"""The endpoints screen: what there is to call, calling it, and what comes back, on a project with one step for each kind of
answer (`endpoints_lab`)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from tests.kit.server import ROOT
from tests.workbench import endpoints_lab
from tests.workbench.kit import Bench, benching_on, checks

SHAPES = "steps/lab/shapes_step.py"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    project = tmp_path_factory.mktemp("bench") / "orders"
    shutil.copytree(ROOT / "examples" / "orders", project, ignore=shutil.ignore_patterns(".motia"))
    endpoints_lab.write(project)
    with benching_on(project) as found:
        yield found


@pytest.mark.rows(41)
@pytest.mark.parametrize("check", checks(__file__))
def test_endpoints(bench: Bench, check: str) -> None:
    bench.run(__file__, check)


def test_a_broken_file_says_so_until_it_is_mended(bench: Bench) -> None:
    path = bench.project / SHAPES
    good = path.read_text()
    path.write_text(good.replace("def handler(req", "def handler(req,,"))
    try:
        bench.run(__file__, "given_a_broken_file")
    finally:
        path.write_text(good)
    bench.run(__file__, "given_it_is_mended")


def test_an_endpoint_that_goes_leaves_the_list(bench: Bench) -> None:
    bench.run(__file__, "given_one_that_is_open")
    (bench.project / "steps/lab/guarded_step.py").unlink()
    bench.run(__file__, "given_it_is_gone")


def test_a_server_that_goes_is_said_in_words(bench: Bench) -> None:
    bench.run(__file__, "given_a_call_of_before")
    bench.stop()
    bench.run(__file__, "given_nobody_answers")
    bench.start()
    bench.run(__file__, "given_somebody_answers_again")
