"""When a worker that ended is started again. Pure: counts and seconds in, seconds out."""

from __future__ import annotations

SETTLED = 10.0


def failed_start(jobs: int, ready_for: float | None) -> bool:
    """Whether an ending counts towards a crash loop: before ready, or soon after it without a finished invocation."""
    return jobs == 0 and (ready_for is None or ready_for < SETTLED)


def delay(failures: int, *, first: float, cap: float, chance: float) -> float:
    """Seconds to wait after `failures` failed starts in a row: doubling, capped, then up to a quarter shorter by
    `chance` (0 to 1), so that pools do not restart in step. No failure, no wait."""
    if failures <= 0:
        return 0.0
    whole = min(cap, first * 2.0 ** min(failures - 1, 60))
    return whole * (1.0 - 0.25 * chance)


def looping(failures: int, crash_loop: int) -> bool:
    return failures >= crash_loop
