"""Fixtures every suite shares."""

from __future__ import annotations

import signal

import pytest


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


# A shell starts what it puts in the background deaf to ctrl-c, and every process we start would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
