"""When a worker that failed to start is tried again, and what is known of a crash loop. Pure: it is told the time."""

from __future__ import annotations

from motia_core.config import knobs

SETTLED = 10.0


def failed_start(jobs: int, ready_for: float | None, *, killed_at_rest: bool = False) -> bool:
    """Whether an ending counts towards a crash loop: before ready, or soon after it without a finished invocation. A
    worker that was killed from outside while it was ready and ran nothing says nothing of how starts go."""
    return jobs == 0 and (ready_for is None or (ready_for < SETTLED and not killed_at_rest))


def delay(failures: int, *, first: float, cap: float, chance: float) -> float:
    """Seconds to wait after `failures` failed starts in a row: doubling, capped, then up to a quarter shorter by
    `chance` (0 to 1), so that pools do not restart in step. No failure, no wait."""
    if failures <= 0:
        return 0.0
    whole = min(cap, first * 2.0 ** min(failures - 1, 60))
    return whole * (1.0 - 0.25 * chance)


class Failures:
    """The failed starts of one pool. `row`: since something last went well; `total`: ever; `problem`, `last`: what was
    wrong with the last one, and when it was."""

    def __init__(self, settings: knobs.Pool) -> None:
        self._settings = settings
        self.row = 0
        self.total = 0
        self.not_before = 0.0
        self.last = 0.0
        self.problem: str | None = None

    @property
    def looping(self) -> bool:
        return self.row >= self._settings.crash_loop

    def add(self, problem: str, *, now: float, chance: float) -> None:
        settings = self._settings
        self.row += 1
        self.total += 1
        self.problem = problem
        self.last = now
        wait = delay(self.row, first=settings.restart_delay, cap=settings.restart_cap, chance=chance)
        self.not_before = now + wait

    def over(self, now: float, *, ready_at: float, jobs: int) -> bool:
        """Whether a worker that lives shows that starts go well: a younger one by its work or its age, an older one
        when for long none has failed, because none was wanted."""
        if ready_at >= self.last:
            return jobs > 0 or now - ready_at > SETTLED
        return now - self.last > max(SETTLED, 2 * self._settings.restart_cap)

    def clear(self) -> None:
        self.row, self.problem = 0, None

    def try_now(self) -> None:
        self.not_before = 0.0
