"""One Python worker for the tests of a module; each test finds it as new."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from python_worker import Worker


@pytest.fixture(scope="module")
def python_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    folder = tmp_path_factory.mktemp("python") / "shop"
    folder.mkdir()
    with Worker(folder) as started:
        yield started


@pytest.fixture
def worker(python_process: Worker) -> Worker:
    python_process.reset()
    return python_process
