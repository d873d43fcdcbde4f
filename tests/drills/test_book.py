"""Every drill of the book in its short version: the same code, so that a broken promise turns `make test` red."""

from __future__ import annotations

from pathlib import Path

import anyio
import msgspec
import pytest

from tests.drills.book import document, results
from tests.drills.book.drill import drills
from tests.drills.book.results import Result
from tests.drills.kit import core, ledger
from tests.drills.kit.verdict import Skipped

DRILLS = {drill.name: drill for drill in drills()}
ELSEWHERE = {"fuzz", "slow_clients", "simulated"}
"""Have short versions of their own: test_hostile.py and tests/simulation/."""

SHORT: dict[str, tuple[float, dict[str, int]]] = {
    "backlog": (0.005, {"waiting": 10_000, "executed": 300}),
    "copies": (0.02, {"sound_copies": 5, "accepted": 20}),
    "cron_ticks": (0.01, {"kills": 2, "ticks": 1}),
    "failing_workers": (0.01, {"replaced_for_memory": 1, "requests": 50}),
    "full_disk": (0.01, {"times_full": 1, "refused": 20, "accepted": 20}),
    "hung_workers": (0.01, {"hung": 3, "others_asked": 20}),
    "kill_core": (0.005, {"kills": 1, "accepted": 1}),
    "kill_recovery": (0.01, {"kills": 2, "kills_while_starting": 1}),
    "kill_workers": (0.005, {"kills": 5, "accepted": 300}),
    "power_loss": (0.01, {"images": 8, "accepted": 150, "syncs": 20, "lost_without_sync": 1}),
    "shutdown": (0.01, {"deaths": 2, "returned_and_run": 4, "answered_while_draining": 1}),
    "soak": (0.001, {"accepted": 50}),
    "transactions": (0.01, {"kills": 2, "kills_of_the_core": 1, "accepted": 20}),
}
"""The scale, and what must at least have happened: a drill in which nothing happened shows nothing."""


@pytest.mark.parametrize("name", SHORT)
def test_the_promise_holds(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    scale, least = SHORT[name]
    monkeypatch.setattr(core, "GONE", 10.0)  # Five other tests may run; `make drills` holds to the real limit.
    try:
        figures = anyio.run(DRILLS[name].run, scale, lambda text: None)
    except Skipped as reason:
        pytest.skip(str(reason))
    for figure, count in least.items():
        assert isinstance(figures[figure], int | float) and figures[figure] >= count, (figure, figures)
    for figure in ("lost", "unexplained", "buried", "orphans", "ran_twice"):
        assert figures.get(figure, 0) == 0


def test_no_drill_is_left_out() -> None:
    assert SHORT.keys() | ELSEWHERE == DRILLS.keys()


def test_the_report_names_every_drill() -> None:
    text = document.DOCUMENT.read_text("utf-8")
    for drill in DRILLS.values():
        assert f"## {drill.title}\n\n{drill.text}\n" in text


def test_the_report_says_what_failed(tmp_path: Path) -> None:
    result = Result(
        name="kill_core",
        scale=1,
        code="c",
        at="2030-01-02",
        took=300,
        machine="m",
        failed="3 events",
        figures={"kills": 7},
    )
    document.write(list(DRILLS.values()), {"kill_core": result}, tmp_path / "report.md")
    text = (tmp_path / "report.md").read_text("utf-8")
    assert "| [The core is killed under load](#the-core-is-killed-under-load) | **no** | 7 |" in text
    assert "**Failed**: 3 events" in text


def test_a_broken_off_book_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "KEPT", tmp_path)
    done = Result(name="soak", scale=1, code="c", at="2030-01-02", took=1, machine="m")
    results.keep(done)
    found = results.kept("soak", 1)
    assert found == done
    assert found.stands("c") and not found.stands("other")
    assert not msgspec.structs.replace(found, failed="it broke").stands("c")
    assert results.kept("soak", 0.5) is None and results.kept("kill_core", 1) is None


@pytest.mark.parametrize(
    ("lines", "accepted", "kills", "lost", "unexplained", "uncounted"),
    [
        ("b 1 7 1 1000\ne 1 7 1 1010\n", {1}, {}, [], [], []),
        ("b 1 7 1 1000\n", {1}, {}, [1], [], []),
        ("", {1}, {}, [1], [], []),
        ("b 1 7 1 1000\nb 1 8 2 1100\ne 1 8 2 1110\n", {1}, {7: 1050}, [], [], []),
        ("b 1 7 1 1000\nb 1 8 2 1100\ne 1 8 2 1110\n", {1}, {}, [], [1], []),
        ("b 1 7 1 1000\ne 1 7 1 1010\nb 1 8 2 9100\ne 1 8 2 9110\n", {1}, {7: 9000}, [], [1], []),
        ("b 1 7 1 1000\nb 1 8 1 1100\ne 1 8 1 1110\n", {1}, {7: 1050}, [], [], [1]),
    ],
)
def test_the_accounts(
    tmp_path: Path,
    lines: str,
    accepted: set[int],
    kills: dict[int, int],
    lost: list[int],
    unexplained: list[int],
    uncounted: list[int],
) -> None:
    path = tmp_path / "ledger"
    path.write_text(lines)
    accounts = ledger.settle(path, accepted, kills)
    assert (accounts.lost, accounts.unexplained, accounts.uncounted) == (lost, unexplained, uncounted)
