"""How long things took: counts by fixed bounds, from which any quantile can be told closely enough.

Adding costs one look-up among the bounds and two additions. The bounds grow by a quarter or so, so a quantile is off by
a tenth at most; those who scrape get every few of them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

# Seconds: six to a decade, from 0.1 ms to 15 minutes.
_STEPS = (1.0, 1.5, 2.0, 2.5, 3.5, 5.0, 7.5)
BOUNDS: tuple[float, ...] = tuple(
    bound for decade in range(-4, 3) for bound in (float(f"{step}e{decade}") for step in _STEPS) if bound <= 900
)
SHOWN = frozenset(
    {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0}
)


class Histogram:
    """`total` is the sum of what was added, in seconds."""

    __slots__ = ("counts", "total")

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS) + 1)
        self.total = 0.0

    def add(self, seconds: float) -> None:
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self.total += seconds

    @property
    def count(self) -> int:
        return sum(self.counts)

    def quantile(self, share: float) -> float | None:
        """The value below which `share` of all lie, in seconds; None as long as there is nothing."""
        count = self.count
        if not count:
            return None
        wanted, seen = share * count, 0
        for index, here in enumerate(self.counts):
            if here and seen + here >= wanted:
                low = BOUNDS[index - 1] if index else 0.0
                high = BOUNDS[index] if index < len(BOUNDS) else low
                return low + (high - low) * (wanted - seen) / here
            seen += here
        return BOUNDS[-1]

    def shown(self) -> Iterator[tuple[float, int]]:
        """Bounds as they are shown, each with the count of what is not above it."""
        seen = 0
        for bound, here in zip(BOUNDS, self.counts, strict=False):
            seen += here
            if bound in SHOWN:
                yield bound, seen
