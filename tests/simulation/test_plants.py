"""The simulation finds what is planted: each mechanism that is switched off is missed within three hundred seeds."""

from __future__ import annotations

import pytest

from tests.simulation.plants import PLANTS
from tests.simulation.report import Found, found, run
from tests.simulation.timeline import replaced

SEEDS = 300


@pytest.mark.timeout(300)
@pytest.mark.parametrize("plant", PLANTS)
def test_a_planted_fault_is_found(plant: str) -> None:
    with replaced(*PLANTS[plant]):
        assert any(run(seed, backend="memory").violation is not None for seed in range(SEEDS)), plant


def test_a_story_says_what_to_do() -> None:
    with replaced(*PLANTS["a lease is not renewed"]):
        told: Found = found(next(result for seed in range(SEEDS) if (result := run(seed)).violation is not None))
    assert f"seed {told.seed}: {told.text}" in told.story
    assert " claims " in told.story
    assert f"make simulate SEED={told.seed}" in told.story
