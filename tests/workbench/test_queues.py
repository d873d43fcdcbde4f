"""The screen of queues: figures of every step, its deliveries stage by stage, and all that can be done to them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.kit.project import write
from tests.workbench.bench_of_queues import FILES
from tests.workbench.kit import Bench, benching_on, checks


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with benching_on(write(tmp_path_factory.mktemp("queues") / "shop", FILES)) as found:
        yield found


@pytest.mark.parametrize("check", checks(__file__))
def test_queues(bench: Bench, check: str) -> None:
    bench.run(__file__, check)


def test_what_waits_for_a_step_that_is_gone_is_redirected_or_discarded(bench: Bench) -> None:
    bench.run(__file__, "given_deliveries_that_wait", step="OldPrint", topic="old-print", count=3)
    file = bench.project / "steps" / "old-print.step.js"
    text = file.read_text("utf-8")
    file.unlink()
    bench.run(__file__, "given_a_step_that_is_gone", step="OldPrint", to="Print")
    file.write_text(text, "utf-8")
    bench.run(__file__, "given_deliveries_that_wait", step="OldPrint", topic="old-print", count=2)
    file.unlink()
    bench.run(__file__, "given_orphans_to_discard", step="OldPrint")
