"""Every vector against every runner, over pipes (as asyncio gives a child) and socketpairs (as uvloop does)."""

from __future__ import annotations

import pytest

from .harness import Transport, Worker
from .manifests import Project, Runner
from .play import Play
from .vector import Vector, load


@pytest.mark.parametrize("transport", ["pipes", "sockets"])
@pytest.mark.parametrize("vector", load(), ids=lambda vector: vector.name)
def test_vector(vector: Vector, transport: Transport, runner: Runner, project: Project) -> None:
    if not vector.suits(runner.name):
        pytest.skip(f"{vector.name} is not for {runner.name}")
    with Worker(runner, project, transport) as worker:
        Play(vector, worker).perform()
