"""Messages inside the process."""

from __future__ import annotations

import anyio
import pytest

from motia_core.storage import listeners
from motia_core.storage.listeners import LOST, Listeners

pytestmark = pytest.mark.anyio


async def test_a_slow_listener_loses_the_oldest_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listeners, "_LONGEST", 3)
    everyone = Listeners()
    listener = everyone.add()
    for n in range(5):
        everyone.tell("c", b"%d" % n)
    everyone.close()
    assert [message async for message in listener] == [(LOST, b""), ("c", b"3"), ("c", b"4")]


async def test_one_made_after_the_end_ends_at_once() -> None:
    everyone = Listeners()
    everyone.close()
    with anyio.fail_after(1):
        assert [message async for message in everyone.add()] == []


async def test_listeners_count_while_somebody_holds_them() -> None:
    everyone = Listeners()
    assert not everyone
    listener = everyone.add()
    assert everyone
    del listener
    assert not everyone
