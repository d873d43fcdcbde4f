"""Where the npm packages and the browser are that tests put to work. `.ci/setup test` installs them; no test fetches
anything."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

from tests.kit.server import ROOT

SCHEMA_LIBRARIES = Path(os.environ.get("SCHEMA_LIBRARIES", ROOT / ".venv" / "libraries"))
STREAM_CLIENTS = Path(os.environ.get("STREAM_CLIENTS", ROOT / ".venv" / "clients"))


def need(folder: Path) -> Path:
    """The `node_modules` of `folder`. Skips the test where they are not installed."""
    modules = folder / "node_modules"
    if not modules.is_dir():
        _without(str(modules))
    return modules


def need_browser() -> str:
    """Where Chromium is: the one without windows, which takes a fifth less, or the whole. Skips the test where neither
    is."""
    return shutil.which("chromium-headless-shell") or shutil.which("chromium") or _without("chromium")


def _without(what: str) -> NoReturn:
    if os.environ.get("REQUIRE_ALL_RUNTIMES"):
        pytest.fail(f"{what} is missing: run .ci/setup test")
    pytest.skip(f"{what} is not installed: .ci/setup test")


def give(project: Path, folder: Path) -> None:
    """Gives the project these packages as its own."""
    (project / "node_modules").symlink_to(need(folder))
