"""How often steps ran lately is about the last minute, however long nobody asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import anyio
import pytest

from motia_core.clock import Clock
from motia_core.metrics.counts import Counts
from motia_core.workbench import rates
from motia_core.workbench.rates import Rates


class Time(Clock):
    def __init__(self) -> None:
        super().__init__()
        self.at = 0.0

    def monotonic(self) -> float:
        return self.at


def test_what_was_long_ago_is_not_lately(monkeypatch: pytest.MonkeyPatch) -> None:
    time, counts = Time(), Counts()
    found = Rates(counts, time)
    counts.ran("Pay", "failed", 0.01, 1)
    time.at = 5.0
    assert found.take()[0].failures_per_minute == 12

    async def sleep(seconds: float) -> None:
        time.at += seconds
        if time.at > 600:
            raise EndOfTime

    _run(monkeypatch, sleep, found.run)
    total, by_step = found.take()
    assert (total.failures_per_minute, by_step["Pay"].failures_per_minute) == (0, 0)
    assert total.seconds < 75

    counts.ran("Pay", "failed", 0.01, 1)
    assert found.take()[0].failures_per_minute * total.seconds / 60 == pytest.approx(1, rel=0.01)


class EndOfTime(Exception):
    pass


def _run(
    monkeypatch: pytest.MonkeyPatch, sleep: Callable[[float], Awaitable[None]], what: Callable[[], Awaitable[None]]
) -> None:
    monkeypatch.setattr(rates.anyio, "sleep", sleep)
    with pytest.raises(EndOfTime):
        anyio.run(what)
    monkeypatch.undo()
