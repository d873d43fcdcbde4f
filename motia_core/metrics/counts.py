"""What has happened since the start, by step: plain numbers, added to by whoever does the thing.

Labels are names of steps and words of our own, never anything a client sends: so their number is bounded. Nothing here
is ever reset, or it would not be a counter. Who reads: `exposition.py` for scrapers, `services/stats.py` for authors.
"""

from __future__ import annotations

from bisect import bisect_left

from motia_core.metrics.histogram import BOUNDS, Histogram

NOBODY = ""
"""The step of a request that no step serves."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_MOST = 5_000


class StepCounts:
    """One step. `outcomes` counts its runs by how they ended; `retries` are runs after the first attempt."""

    __slots__ = ("answers", "outcomes", "requests", "retries", "runs")

    def __init__(self) -> None:
        self.outcomes: dict[str, int] = {}
        self.retries = 0
        self.runs = Histogram()
        self.requests: dict[tuple[str, int], int] = {}
        self.answers = Histogram()

    @property
    def failures(self) -> int:
        return sum(count for outcome, count in self.outcomes.items() if outcome != "completed")


class Counts:
    """`since`: when counting began (epoch ms). `loop`: how late the loop came to what was due. `buried`: dead letters
    by step and reason."""

    def __init__(self, since: int = 0) -> None:
        self.since = since
        self.steps: dict[str, StepCounts] = {}
        self.buried: dict[tuple[str, str], int] = {}
        self.loop = Histogram()

    def of(self, step: str) -> StepCounts:
        """Its counts; those of nobody once there are too many names: steps that are renamed for ever fill no memory."""
        name = step if step in self.steps or len(self.steps) < _MOST else NOBODY
        return self.steps.setdefault(name, StepCounts())

    def ran(self, step: str, outcome: str, seconds: float, attempt: int) -> None:
        """An invocation has ended."""
        counts = self.steps.get(step) or self.of(step)
        counts.outcomes[outcome] = counts.outcomes.get(outcome, 0) + 1
        runs = counts.runs  # as `Histogram.add`, without a call
        runs.counts[bisect_left(BOUNDS, seconds)] += 1
        runs.total += seconds
        if attempt > 1:
            counts.retries += 1

    def answered(self, step: str, method: str, status: int, seconds: float) -> None:
        """A request has its answer."""
        counts = self.steps.get(step) or self.of(step)
        key = (method if method in METHODS else "OTHER", status // 100)
        counts.requests[key] = counts.requests.get(key, 0) + 1
        answers = counts.answers
        answers.counts[bisect_left(BOUNDS, seconds)] += 1
        answers.total += seconds

    def gave_up(self, step: str, reason: str) -> None:
        """A delivery became a dead letter."""
        self.buried[step, reason] = self.buried.get((step, reason), 0) + 1
