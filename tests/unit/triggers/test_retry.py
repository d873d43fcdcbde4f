"""Every verdict on a failed delivery."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motia_core.model import Backoff, Failure
from motia_core.triggers.retry import Bury, Retry, decide, delay_before

PLAIN = Backoff(jitter=0.0)
RAISED = Failure(code=1001, name="Error", message="boom")
INVALID = Failure(code=1002, name="InputInvalid", message="no")
DIED = Failure(code=1005, name="WorkerDied", message="killed")
KILLED = Failure(code=1005, name="WorkerKilled", message="killed from outside")
LATE = Failure(code=1004, name="DeadlineExceeded", message="late")


@pytest.mark.parametrize(
    ("attempt", "max_retries", "failure", "lost", "deaths", "alone", "wanted"),
    [
        (1, 3, RAISED, 0, 0, False, Retry(1.0)),
        (2, 3, RAISED, 0, 0, False, Retry(2.0)),
        (3, 3, RAISED, 0, 0, False, Retry(4.0)),
        (4, 3, RAISED, 0, 0, False, Bury("failed")),
        (1, 0, RAISED, 0, 0, False, Bury("failed")),
        (1, 3, LATE, 0, 0, False, Retry(1.0)),
        (1, 3, INVALID, 0, 0, False, Bury("invalid")),
        # A shared death costs nothing, whatever the budget.
        (1, 0, DIED, 0, 0, False, Retry(0.0)),
        (4, 3, DIED, 0, 0, False, Retry(0.0)),
        # The neighbour: alone now, fails by itself, and still has its whole budget.
        (2, 0, RAISED, 1, 0, True, Bury("failed")),
        (2, 1, RAISED, 1, 0, True, Retry(1.0)),
        (5, 3, RAISED, 1, 0, True, Bury("failed")),
        # Servers that ended cost nothing, however many they were.
        (8, 0, RAISED, 7, 0, True, Bury("failed")),
        (8, 1, RAISED, 7, 0, True, Retry(1.0)),
        (9, 1, RAISED, 7, 0, True, Bury("failed")),
        # The guilty: its lonely worker dies twice.
        (2, 3, DIED, 1, 0, True, Retry(1.0)),
        (3, 3, DIED, 1, 1, True, Bury("poison")),
        (2, 0, DIED, 1, 0, True, Bury("failed")),
        (3, 100, DIED, 1, 1, True, Bury("poison")),
        (3, 100, RAISED, 1, 1, True, Retry(2.0)),
        # Killed from outside: that may have been anybody.
        (1, 0, KILLED, 0, 0, False, Retry(0.0)),
        (3, 3, KILLED, 1, 1, True, Retry(2.0)),
        (5, 3, KILLED, 1, 0, True, Bury("failed")),
    ],
)
def test_verdicts(
    attempt: int, max_retries: int, failure: Failure, lost: int, deaths: int, alone: bool, wanted: Retry | Bury
) -> None:
    verdict = decide(
        attempt=attempt,
        max_retries=max_retries,
        backoff=PLAIN,
        failure=failure,
        lost=lost,
        deaths=deaths,
        alone=alone,
    )
    assert verdict == wanted


@pytest.mark.rows(280)
@pytest.mark.parametrize(("retry", "wanted"), [(1, 1), (2, 2), (6, 32), (7, 60), (8, 60), (10_000, 60)])
def test_delays_double_up_to_the_cap(retry: int, wanted: float) -> None:
    assert delay_before(retry, PLAIN, 0.9) == wanted


def test_a_fixed_backoff() -> None:
    assert [delay_before(n, Backoff(first=5, factor=1, jitter=0), 0) for n in (1, 2, 9)] == [5, 5, 5]


@pytest.mark.parametrize(
    ("backoff", "wanted"),
    [
        (Backoff(first=1, factor=1e200, cap=5, jitter=0), 5),
        (Backoff(first=0, factor=1e200, cap=5, jitter=0), 0),
        (Backoff(first=1e300, factor=1e300, cap=1e300, jitter=0), 366 * 86_400),
    ],
)
def test_no_backoff_is_beyond_counting(backoff: Backoff, wanted: float) -> None:
    assert delay_before(3, backoff, 0.5) == wanted


@given(st.integers(1, 200), st.floats(0, 1, exclude_max=True))
def test_jitter_stays_within_its_share(retry: int, random: float) -> None:
    plain = delay_before(retry, PLAIN, random)
    jittered = delay_before(retry, Backoff(), random)
    assert plain * 0.8 - 1e-9 <= jittered <= plain * 1.2 + 1e-9
