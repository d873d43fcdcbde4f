"""Which runners the suite meets: every folder with a manifest whose runtime is installed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .manifests import STEPS, Project, Runner, make_project, runners

REQUIRE_ALL = os.environ.get("REQUIRE_ALL_RUNTIMES") == "1"


@pytest.fixture(scope="session", params=runners(), ids=lambda runner: runner.name)
def runner(request: pytest.FixtureRequest) -> Runner:
    found: Runner = request.param
    if found.fault:
        pytest.fail(found.fault)
    problem = found.problem or ("" if (STEPS / found.name).is_dir() else f"{found.name} has no fixture steps")
    if problem and REQUIRE_ALL:
        pytest.fail(f"REQUIRE_ALL_RUNTIMES=1, but {problem}")
    if problem:
        pytest.skip(problem)
    return found


@pytest.fixture
def project(runner: Runner, tmp_path: Path) -> Project:
    return make_project(runner.name, tmp_path / "project")
