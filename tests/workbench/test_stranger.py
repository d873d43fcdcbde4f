"""The acceptance of the workbench: somebody who knows nothing of it sees an order through, breaks it, mends it and runs it
again, with the mouse. `KEEP_SCREENSHOTS=1` puts the pictures into docs/images/workbench."""

from __future__ import annotations

import os

import pytest

from tests.kit.server import ROOT
from tests.workbench.kit import SCREENSHOTS, Bench, checks
from tests.workbench.pictures import shrink

PICTURES = ROOT / "docs" / "images" / "workbench"
LARGEST = 120 * 1024
SHOWN = (ROOT / "docs" / "workbench.md", ROOT / "README.md")


@pytest.fixture(scope="module", autouse=True)
def started() -> None:
    for old in SCREENSHOTS.glob("stranger-*.png"):
        old.unlink()


@pytest.mark.parametrize("check", checks(__file__))
def test_a_stranger(bench: Bench, check: str) -> None:
    bench.run(__file__, check)


def test_each_station_has_its_picture() -> None:
    taken = {path.name.removeprefix("stranger-"): path for path in SCREENSHOTS.glob("stranger-*.png")}
    assert len(taken) >= 10
    if os.environ.get("KEEP_SCREENSHOTS"):
        PICTURES.mkdir(parents=True, exist_ok=True)
        for old in PICTURES.glob("*.png"):
            old.unlink()
        for name, path in taken.items():
            shrink(path, PICTURES / name)
    assert {path.name for path in PICTURES.glob("*.png")} == set(taken), "KEEP_SCREENSHOTS=1 takes them anew"
    assert [path.name for path in PICTURES.glob("*.png") if path.stat().st_size > LARGEST] == []
    shown = "".join(path.read_text("utf-8") for path in SHOWN)
    assert [name for name in taken if f"images/workbench/{name}" not in shown] == []
