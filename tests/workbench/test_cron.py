"""The screen of cron steps: when each runs, how it went, and running, pausing and resuming it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.kit.project import write
from tests.workbench.bench_of_queues import FILES
from tests.workbench.kit import Bench, benching_on, checks


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with benching_on(write(tmp_path_factory.mktemp("cron") / "shop", FILES)) as found:
        yield found


@pytest.mark.parametrize("check", checks(__file__))
def test_cron(bench: Bench, check: str) -> None:
    bench.run(__file__, check)


def test_a_project_without_cron_steps_learns_of_them(bench: Bench) -> None:
    for file in ("tick", "slow-tick", "report"):
        (bench.project / "steps" / f"{file}.step.js").unlink()
    bench.run(__file__, "given_none")
