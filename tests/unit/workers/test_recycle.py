"""When a healthy worker makes room."""

from __future__ import annotations

from typing import Any

import pytest

from motia_core.config import knobs
from motia_core.workers.recycle import verdict

GIB = 1024**3


@pytest.mark.parametrize(
    ("settings", "figures", "reason"),
    [
        ({}, {"jobs": 10**9, "age": 10.0**9}, None),
        ({"max_jobs": 10}, {"jobs": 9}, None),
        ({"max_jobs": 10}, {"jobs": 10}, "jobs"),
        ({"max_jobs": 10}, {"jobs": 11, "spread": 1.0}, None),
        ({"max_jobs": 10}, {"jobs": 12, "spread": 1.0}, "jobs"),
        ({"max_jobs": 10}, {"jobs": 8, "spread": -1.0}, "jobs"),
        ({"max_jobs": 1, "jitter": 1.0}, {"jobs": 0, "spread": -1.0}, None),
        ({"lifetime": 60.0}, {"age": 59.0}, None),
        ({"lifetime": 60.0}, {"age": 60.0}, "lifetime"),
        ({"lifetime": 60.0}, {"age": 60.0, "spread": 0.5}, None),
        ({}, {"rss": GIB}, None),
        ({}, {"rss": GIB + 1}, "memory"),
        ({"memory": 0}, {"rss": 99 * GIB}, None),
    ],
)
def test_verdicts(settings: dict[str, Any], figures: dict[str, Any], reason: str | None) -> None:
    given = {"jobs": 0, "age": 0.0, "rss": 0, "spread": 0.0} | figures
    assert verdict(knobs.Pool(**settings), **given) == reason
