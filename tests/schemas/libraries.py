"""Where the schema libraries are that tests give to projects. `.ci/setup test` installs them from `packages/`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.kit.server import ROOT

FOLDER = Path(os.environ.get("SCHEMA_LIBRARIES", ROOT / ".venv" / "libraries"))


def give(project: Path) -> None:
    """Gives the project its `node_modules`. Skips the test where they are not installed."""
    if not (FOLDER / "node_modules").is_dir():
        if os.environ.get("REQUIRE_ALL_RUNTIMES"):
            pytest.fail("the schema libraries are missing: run .ci/setup test")
        pytest.skip("the schema libraries are not installed: .ci/setup test")
    (project / "node_modules").symlink_to(FOLDER / "node_modules")
