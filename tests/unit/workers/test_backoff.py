"""Restart delays and the crash loop."""

from __future__ import annotations

import pytest

from motia_core.config import knobs
from motia_core.workers.backoff import SETTLED, Failures, delay, failed_start


@pytest.mark.parametrize(
    ("failures", "chance", "seconds"),
    [
        (0, 0.0, 0.0),
        (1, 0.0, 0.2),
        (2, 0.0, 0.4),
        (5, 0.0, 3.2),
        (9, 0.0, 30.0),
        (10_000, 0.0, 30.0),
        (1, 1.0, 0.15),
        (9, 0.5, 26.25),
    ],
)
def test_delay_doubles_is_capped_and_shortened_by_chance(failures: int, chance: float, seconds: float) -> None:
    assert delay(failures, first=0.2, cap=30.0, chance=chance) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("jobs", "ready_for", "killed", "failed"),
    [
        (0, None, False, True),
        (0, None, True, True),
        (0, 0.1, False, True),
        (0, 0.1, True, False),
        (0, SETTLED, False, False),
        (1, 0.1, False, False),
        (7, None, False, False),
    ],
)
def test_which_ending_is_a_failed_start(jobs: int, ready_for: float | None, killed: bool, failed: bool) -> None:
    assert failed_start(jobs, ready_for, killed_at_rest=killed) is failed


def test_failures_in_a_row_make_a_loop_until_something_goes_well() -> None:
    failures = Failures(knobs.Pool(crash_loop=2, restart_delay=1.0))
    failures.add("one", now=100.0, chance=0.0)
    assert (failures.looping, failures.not_before, failures.problem) == (False, 101.0, "one")
    failures.add("two", now=200.0, chance=0.0)
    assert (failures.looping, failures.not_before, failures.row) == (True, 202.0, 2)
    failures.clear()
    assert (failures.looping, failures.problem, failures.total) == (False, None, 2)
    failures.try_now()
    assert failures.not_before == 0.0


@pytest.mark.parametrize(
    ("now", "ready_at", "jobs", "over"),
    [
        (101.0, 100.5, 0, False),
        (101.0, 100.5, 1, True),
        (100.6 + SETTLED, 100.5, 0, True),
        (101.0, 99.0, 7, False),
        (100.5 + 2 * 30.0, 99.0, 7, True),
    ],
)
def test_what_shows_that_starts_go_well(now: float, ready_at: float, jobs: int, over: bool) -> None:
    failures = Failures(knobs.Pool(restart_cap=30.0))
    failures.add("one", now=100.0, chance=0.0)
    assert failures.over(now, ready_at=ready_at, jobs=jobs) is over
