"""The screen of traces: the live list and its filters, the waterfall, one run with what it did and why it failed, replays.
On a project of its own, whose runs fan out, are tried again, fail in each language and come in floods."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.workbench.kit import Bench, benching_on, checks
from tests.workbench.traces_shop import write


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with benching_on(write(tmp_path_factory.mktemp("traces") / "rounds")) as found:
        yield found


@pytest.mark.timeout(240)
@pytest.mark.rows(37, 39, 48)
@pytest.mark.parametrize("check", checks(__file__))
def test_traces(bench: Bench, check: str) -> None:
    if (found := bench.run(__file__, check)) is not None:
        print(f"{check}: {found}")
