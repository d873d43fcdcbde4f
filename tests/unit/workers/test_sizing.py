"""How many workers are started, by census."""

from __future__ import annotations

from typing import Any

import pytest

from motia_core.config import knobs
from motia_core.workers.sizing import Census, limit, spares, starts, surplus


@pytest.mark.parametrize(
    ("settings", "census", "number"),
    [
        ({"min": 3, "max": 3}, {}, 1),
        ({"min": 3, "max": 3}, {"starting": 1}, 0),
        ({"min": 3, "max": 3}, {"serving": 1}, 2),
        ({"min": 3, "max": 3}, {"serving": 1, "starting": 1}, 1),
        ({"min": 1, "max": 2}, {"serving": 1}, 0),
        ({"min": 1, "max": 2}, {"serving": 1, "waiting": 5}, 1),
        ({"min": 1, "max": 2}, {"serving": 1, "waiting": 5, "starting": 1}, 0),
        ({"min": 1, "max": 2}, {"serving": 2, "waiting": 5}, 0),
        ({"min": 1, "max": 2}, {"serving": 2, "waiting": 5, "bypassed": 1}, 1),
        ({"min": 1, "max": 2}, {"serving": 2, "lonely": 1}, 1),
        ({"min": 1, "max": 2}, {"serving": 3, "lonely": 1, "alone": 1}, 0),
        ({"min": 1, "max": 1}, {"serving": 1, "alone": 1, "waiting": 1}, 1),
        ({"min": 0, "max": 1}, {}, 0),
        ({"min": 0, "max": 1}, {"waiting": 1}, 1),
        ({"min": 0, "max": 1}, {"waiting": 1, "starting": 1}, 0),
        ({"min": 1, "max": 1}, {"serving": 1, "outgoing": 1}, 1),
        ({"min": 1, "max": 1}, {"serving": 1, "outgoing": 1, "starting": 1}, 0),
        ({"min": 2, "max": 2}, {"serving": 2, "outgoing": 2}, 1),
        ({"min": 2, "max": 2}, {"serving": 2, "outgoing": 1}, 1),
        ({"min": 2, "max": 2}, {"serving": 2, "outgoing": 1, "starting": 1}, 0),
        ({"min": 0, "max": 2}, {"serving": 1, "outgoing": 1}, 1),
    ],
)
def test_starts(settings: dict[str, int], census: dict[str, int], number: int) -> None:
    assert starts(knobs.Pool(**settings), Census(**census)) == number


@pytest.mark.parametrize(
    ("census", "number"),
    [
        ({}, 1),
        ({"starting": 1}, 0),
        ({"serving": 1, "idle": 1}, 0),
        ({"serving": 1}, 1),
        ({"serving": 1, "waiting": 1}, 2),
        ({"serving": 1, "waiting": 9}, 3),
        ({"serving": 2, "leaving": 2, "waiting": 9}, 0),
        ({"serving": 5}, 0),
    ],
)
def test_spares(census: dict[str, int], number: int) -> None:
    assert spares(knobs.Pool(fresh_max=4, fresh_spares=1), Census(**census)) == number


@pytest.mark.parametrize(
    ("census", "most"),
    [
        ({}, 2),
        ({"lonely": 3}, 3),
        ({"alone": 1}, 3),
        ({"bypassed": 1}, 3),
        ({"bypassed": 9}, 4),
        ({"bypassed": 9, "alone": 1}, 5),
    ],
)
def test_limit_is_bounded(census: dict[str, int], most: int) -> None:
    assert limit(knobs.Pool(max=2), Census(**census)) == most


def test_surplus() -> None:
    settings: dict[str, Any] = {"max": 2}
    assert surplus(knobs.Pool(**settings), Census(serving=3))
    assert not surplus(knobs.Pool(**settings), Census(serving=3, alone=1))
    assert not surplus(knobs.Pool(**settings), Census(serving=3, outgoing=1))
