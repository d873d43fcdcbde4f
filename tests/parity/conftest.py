"""One project with every case that was selected, one real server for all of them, all of them started at once."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest

from tests.kit.server import MOTIA, environment, serving
from tests.parity.drive import Site
from tests.parity.writing import Case, identity, write_project

_CASE = ("area", "behaviour", "language")


@pytest.fixture(scope="package")
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    cases: list[Case] = [
        tuple(item.callspec.params[name] for name in _CASE)
        for item in request.session.items
        if hasattr(item, "callspec") and item.callspec.params.keys() >= set(_CASE)
    ]
    project = write_project(tmp_path_factory.mktemp("parity"), cases)
    with serving(project, LOG_LEVEL="debug") as server:
        lines = project / ".lines"
        with lines.open("w") as out:
            command = [*MOTIA, "logs", "--follow", "--json", "--limit", "10000"]
            following = subprocess.Popen(command, cwd=project, env=environment(), stdout=out, stderr=subprocess.STDOUT)
        try:
            site = Site(server, lines)
            site.drive({identity(area, one, language): one.ask for area, one, language in cases})
            yield site
        finally:
            following.terminate()
            following.wait(10)
