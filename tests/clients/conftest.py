"""One driver and one browser for all of it; a server for the modules that do not stop theirs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.clients.project import FILES, STREAM_AUTH
from tests.clients.published import Driver, driving
from tests.kit.project import write
from tests.kit.server import Server, serving


@pytest.fixture(scope="package")
def driver() -> Iterator[Driver]:
    with driving() as found:
        yield found


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    project = write(tmp_path_factory.mktemp("clients"), {**FILES, "motia.config.ts": STREAM_AUTH})
    with serving(project) as found:
        yield found


@pytest.fixture
def group(request: pytest.FixtureRequest) -> str:
    """A group of the test's own, so that tests share the server and meet nowhere."""
    return f"group of {request.node.name}"
