"""The shell of the workbench: every screen can be reached and linked to, in both themes; it comes back when the server does;
under `start` it asks who is there."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.kit.server import ROOT, serving
from tests.workbench.kit import Bench, checks

TOKEN = "a token of the test's own"


@pytest.mark.parametrize("check", checks(__file__))
def test_shell(bench: Bench, check: str) -> None:
    bench.run(__file__, check)


def test_it_says_that_it_is_offline_and_comes_back(bench: Bench) -> None:
    bench.run(__file__, "given_it_is_live")
    bench.stop()
    bench.run(__file__, "given_it_is_offline")
    bench.start()
    bench.run(__file__, "given_it_is_back")


def test_a_token_opens_it_under_start(bench: Bench, tmp_path: Path) -> None:
    project = tmp_path / "orders"
    shutil.copytree(ROOT / "examples" / "orders", project, ignore=shutil.ignore_patterns(".motia"))
    with serving(project, "start", ["--host", "127.0.0.1"], MOTIA_ADMIN_TOKEN=TOKEN) as server:
        bench.run(__file__, "given_a_server_with_a_token", url=server.url, token=TOKEN)
