"""Counting and writing down, by plain calls: histograms, quantiles, the two text formats as a parser that is not ours
reads them."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text

from motia_core.metrics.counts import Counts
from motia_core.metrics.exposition import Family, render, wants_openmetrics
from motia_core.metrics.histogram import BOUNDS, SHOWN, Histogram

NASTY = 'a "b" \\ c\nd \x1b é \u2028'


def test_bounds_grow_and_those_shown_are_among_them() -> None:
    assert list(BOUNDS) == sorted(set(BOUNDS))
    assert set(BOUNDS) >= SHOWN
    assert all(high / low <= 1.51 for low, high in pairwise(BOUNDS))


def test_nothing_has_no_quantile() -> None:
    assert Histogram().quantile(0.5) is None


@pytest.mark.parametrize("share", [0.5, 0.95])
def test_a_quantile_is_off_by_a_quarter_at_most(share: float) -> None:
    dice, histogram = random.Random(5), Histogram()
    values = sorted(dice.lognormvariate(-4, 1.5) for _ in range(5000))
    for value in values:
        histogram.add(value)
    real = values[int(share * len(values))]
    assert histogram.quantile(share) == pytest.approx(real, rel=0.25)


@pytest.mark.parametrize("value", [0.0, 1e-9, 1e6])
def test_what_lies_outside_the_bounds_counts_too(value: float) -> None:
    histogram = Histogram()
    histogram.add(value)
    assert histogram.count == 1
    assert 0 <= (histogram.quantile(0.5) or 0) <= BOUNDS[-1]


def test_a_bound_belongs_to_its_own_bucket() -> None:
    histogram = Histogram()
    histogram.add(0.1)
    assert dict(histogram.shown())[0.1] == 1
    assert dict(histogram.shown())[0.05] == 0


def test_methods_nobody_knows_and_endless_names_do_not_fill_the_memory() -> None:
    counts = Counts()
    for number in range(6000):
        counts.answered(f"step {number}", f"VERB{number}", 200, 0.001)
    assert len(counts.steps) <= 5001
    assert {method for one in counts.steps.values() for method, _ in one.requests} == {"OTHER"}
    assert sum(count for one in counts.steps.values() for count in one.requests.values()) == 6000


def test_how_runs_end_is_counted_by_word() -> None:
    counts = Counts()
    counts.ran("s", "completed", 0.1, 1)
    counts.ran("s", "failed", 0.1, 1)
    counts.ran("s", "deadline", 0.1, 2)
    step = counts.steps["s"]
    assert (step.outcomes, step.failures, step.retries) == ({"completed": 1, "failed": 1, "deadline": 1}, 2, 1)


def families() -> list[Family]:
    runs = Family("motia_runs", "counter", "Runs\nof \\ things")
    runs.add(3, step=NASTY)
    runs.add(0.5, step="b")
    depth = Family("motia_depth", "gauge", "Depth")
    depth.add(-1)
    took = Family("motia_took_seconds", "histogram", "Took")
    histogram = Histogram()
    for value in (0.001, 0.3, 2000.0):
        histogram.add(value)
    took.time(histogram, step=NASTY)
    return [runs, depth, took, Family("motia_nothing", "counter", "Left out")]


@pytest.mark.parametrize(("openmetrics", "read"), [(False, read_text), (True, read_openmetrics)])
def test_a_parser_reads_what_was_written(openmetrics: bool, read: object) -> None:
    text = render(families(), openmetrics=openmetrics).decode()
    assert text.endswith("# EOF\n") is openmetrics
    found = {one.name: one for one in read(text)}  # type: ignore[operator]
    assert set(found) == {"motia_runs", "motia_depth", "motia_took_seconds"}
    assert [(one.name, one.labels, one.value) for one in found["motia_runs"].samples] == [
        ("motia_runs_total", {"step": NASTY}, 3),
        ("motia_runs_total", {"step": "b"}, 0.5),
    ]
    took = {(one.name, one.labels.get("le")): one.value for one in found["motia_took_seconds"].samples}
    assert took["motia_took_seconds_bucket", "+Inf"] == took["motia_took_seconds_count", None] == 3
    assert took["motia_took_seconds_sum", None] == pytest.approx(2000.301)
    by_bound = sorted((float(le), value) for (name, le), value in took.items() if name.endswith("_bucket"))
    assert [value for _, value in by_bound] == sorted(value for _, value in by_bound)
    assert len(by_bound) == len(SHOWN) + 1


def test_who_asks_for_openmetrics_gets_it() -> None:
    assert wants_openmetrics("application/openmetrics-text; version=1.0.0,text/plain;q=0.5")
    assert not wants_openmetrics("text/plain")
