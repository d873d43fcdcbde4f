"""One server per mode for all attacks; after each it must be as it was."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.attacks.client import children, files, is_well, replaced, retired, settled
from tests.attacks.target import LANGUAGES, STEPS, TOKEN
from tests.kit.project import write
from tests.kit.server import Server, serving, until


@pytest.fixture(scope="session", params=["dev", "start"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    project = write(tmp_path_factory.mktemp("attacked"), STEPS)
    with serving(project, request.param, MOTIA_ADMIN_TOKEN=TOKEN, NODE_ENV="development") as running:
        running.mode = request.param  # type: ignore[attr-defined]
        until(lambda: running.get("/ready").status == 200)
        for language in LANGUAGES:
            running.post(f"/answers/{language}", {"status": 200, "body": {}})
        yield running


@pytest.fixture(scope="session")
def ground(server: Server) -> int:
    """Its open files before the first attack."""
    until(lambda: is_well(server))
    return files(server.process.pid)


@pytest.fixture(autouse=True)
def unharmed(server: Server, ground: int) -> Iterator[None]:
    """Whatever was done: it answers the next client, and no connection, file or worker has been lost."""
    pid, said, before = server.process.pid, len(server.output), replaced(server)
    yield
    assert server.process.poll() is None, server.output[-3000:]
    until(lambda: is_well(server))
    settled(server, ground + 3)
    assert children(pid)
    # A pool may grow for a while on a busy machine, and shrink again: that is no loss.
    assert replaced(server) == before, retired(server)
    assert "Traceback" not in server.output[said:]
    assert "failed to answer" not in server.output[said:]
