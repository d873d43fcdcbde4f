"""A thousand steps, ten thousand traces and a hundred thousand log lines stay usable: every screen opens, searches, scrolls
and selects without a delay that anybody notices. All times are measured in the page."""

from __future__ import annotations

import gzip
import os
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.workbench import large
from tests.workbench.kit import STATIC, Bench, benching_on, build

STRICT = os.environ.get("STRICT_TIMES") == "1"
"""As `make drills` sets it, where nothing else runs. Beside other tests only what nobody would bear is a failure."""
LIMIT = 100 if STRICT else 1000
PAINT = 1000 if STRICT else 5000
SCREENS = {
    "overview": ("overview-link", "Overview"),
    "flows": ("flow-link", "Flows"),
    "endpoints": ("endpoints-link", "Endpoints"),
    "traces": ("tracing-link", "Traces"),
    "logs": ("logs-link", "Logs"),
    "state": ("states-link", "State"),
    "queues": ("queues-link", "Queues"),
    "cron": ("cron-link", "Cron"),
    "streams": ("streams-link", "Streams"),
    "workers": ("workers-link", "Workers"),
}
LARGEST = ("flows", "traces", "logs")
"""Those that hold most: the others are opened by `make drills`."""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    project = tmp_path_factory.mktemp("large")
    large.grow(project)
    with benching_on(project) as found:
        found.run(__file__, "given_measures")
        yield found


def test_all_of_it_is_there(bench: Bench) -> None:
    held = bench.server.get("/__motia/api/recording").json["held"]
    assert held["spans"] >= large.TRACES and held["logs"] >= large.LINES
    assert bench.server.get("/__motia/api/overview").json["steps"] == large.STEPS


def test_the_first_paint(bench: Bench) -> None:
    painted = bench.run(__file__, "given_a_first_paint")
    print(f"first paint: {painted:.0f} ms")
    assert painted <= PAINT


@pytest.mark.parametrize("screen", SCREENS if STRICT else LARGEST)
def test_a_screen_answers_at_once(bench: Bench, screen: str) -> None:
    test_id, label = SCREENS[screen]
    other = "workers" if screen == "overview" else "overview"
    other_id, other_label = SCREENS[other]
    found: dict[str, Any] = bench.run(
        __file__, "given_a_screen", testId=test_id, label=label, search="number 77",
        **{"from": f"/{other}", "fromTestId": other_id, "fromLabel": other_label},
    )  # fmt: skip
    print(f"{screen}: " + ", ".join(f"{what} {one}" for what, one in found.items()))
    slow = {what: one for what, one in found.items() if one is not None and max(one.values()) > LIMIT}
    assert found["opens"] and slow == {}


def test_the_palette_finds_any_step_while_typing(bench: Bench) -> None:
    names = ["Take967", "Handle998", "Handle10", "Clock39"]
    found = bench.run(__file__, "given_the_palette", names=names)
    print(f"palette: {found}")
    assert max(found.values()) <= LIMIT


@pytest.mark.node
def test_the_first_load_is_small() -> None:
    build()
    page = (STATIC / "index.html").read_text("utf-8")
    first = set(re.findall(r'(?:src|href)="\./(assets/[^"]+)"', page))
    reached, todo = set(first), list(first)
    while todo:  # What those files import without being asked to.
        text = (STATIC / todo.pop()).read_text("utf-8")
        for name in re.findall(r'(?:from|import)\s*"\./([\w.-]+\.js)"', text):
            if f"assets/{name}" not in reached:
                reached.add(f"assets/{name}")
                todo.append(f"assets/{name}")
    weight = sum(len(gzip.compress((STATIC / name).read_bytes())) for name in reached)
    print(f"first load: {weight / 1024:.0f} KiB in {len(reached)} files")
    assert weight <= 500 * 1024
