"""`shop` is one server for all tests of recorded history."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.kit.project import write
from tests.kit.server import Server, serving

from .history import STEPS


@pytest.fixture(scope="package")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(write(tmp_path_factory.mktemp("history"), STEPS)) as running:
        yield running
