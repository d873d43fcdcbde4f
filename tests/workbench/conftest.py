"""`bench`: a server on a copy of examples/orders and one page, for all checks of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.workbench.kit import Bench, benching


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with benching(tmp_path_factory.mktemp("bench")) as found:
        yield found
