"""The short versions of the drills about hostile lines and slow clients; `make drills` runs the long ones."""

from __future__ import annotations

import anyio
import pytest

from tests.conformance.manifests import Runner, runners
from tests.drills import fuzz, slow_clients


def quiet(text: str) -> None:
    """Nobody watches."""


def test_the_peer_survives_hostile_lines() -> None:
    figures = fuzz.through_the_peer(10_000, quiet)
    assert int(str(figures["peer_lines"])) >= 10_000


def test_only_the_worker_that_babbles_is_replaced() -> None:
    figures = anyio.run(fuzz.through_pipes, 500, quiet)
    assert figures["pipe_lines"] == 500 and int(str(figures["pipe_workers_replaced"])) > 3


@pytest.mark.parametrize(
    "runner", [one for one in runners() if not (one.fault or one.problem)], ids=lambda one: one.name
)
def test_a_runner_survives_hostile_lines(runner: Runner) -> None:
    figures = fuzz.into_a_runner(runner.name, 1500, quiet)
    assert figures[f"{runner.name}_lines"] == 1500


def test_slow_clients_are_cut_and_others_served() -> None:
    figures = anyio.run(slow_clients.run, 0.05, quiet)
    assert figures["clients"] == 100
