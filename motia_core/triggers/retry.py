"""What becomes of a delivery that failed: again later, or into the dead letters, and why. Pure.

`maxRetries` retries follow the first attempt. An attempt that was lost with its server proves nothing against the
handler and costs no retry. Neither does the first death of a worker, which runs many deliveries at once: from then on
the delivery runs alone, and a death while alone is its own, unless it was a kill: that may have been anybody, and is a
failure like others.
"""

from __future__ import annotations

from msgspec import Struct

from motia_core.errors import InputInvalid, WorkerDied, WorkerKilled
from motia_core.model import Backoff, Failure

LONELY_DEATHS = 2
_LONGEST = 366 * 86_400.0
"""Longest delay (s), whatever a step says: a cap may be a number that no clock and no database can count to."""


class Retry(Struct, frozen=True):
    """Run it again after `delay` seconds."""

    delay: float


class Bury(Struct, frozen=True):
    """Give it up: `failed`, `invalid` or `poison`."""

    reason: str


def decide(
    *,
    attempt: int,
    max_retries: int,
    backoff: Backoff,
    failure: Failure,
    lost: int = 0,
    deaths: int = 0,
    alone: bool = False,
    random: float = 0.5,
) -> Retry | Bury:
    """`attempt` counts from 1 and includes this run; `lost` are those before it that prove nothing; `deaths` are the
    workers that died before while it had them to itself; `alone` = it had this one, too; `random` lies in [0, 1)."""
    if failure.code == InputInvalid.code:
        return Bury("invalid")
    died = failure.code == WorkerDied.code
    if died and not alone:
        return Retry(0.0)
    if died and not killed(failure) and deaths + 1 >= LONELY_DEATHS:
        return Bury("poison")
    failed = attempt - lost
    if failed > max_retries:
        return Bury("failed")
    return Retry(delay_before(failed, backoff, random))


def killed(failure: Failure) -> bool:
    """Whether the worker was killed by somebody else."""
    return failure.name == WorkerKilled.__name__


def delay_before(retry: int, backoff: Backoff, random: float) -> float:
    """Seconds before retry number `retry`, from 1. `random` in [0, 1) picks the point within the jitter."""
    try:
        # A large exponent overflows floats long before the cap would bind; a large factor does so with any exponent.
        plain = backoff.first * backoff.factor ** min(retry - 1, 64)
    except OverflowError:
        plain = _LONGEST if backoff.first else 0.0
    plain = min(plain, backoff.cap, _LONGEST)
    return max(0.0, plain * (1 + backoff.jitter * (2 * random - 1)))
