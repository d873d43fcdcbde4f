"""Fixtures every suite shares."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

_UNITS = Path(__file__).parent / "unit"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


# A shell starts what it puts in the background deaf to ctrl-c, and every process we start would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is short comes last: of the processes that share the files, none is left with a long one at the end."""
    items.sort(key=lambda item: _UNITS in item.path.parents)
