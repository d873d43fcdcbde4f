"""What has had its time is removed, the rest stays."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import anyio
import pytest

from motia_core.app import housekeeping
from motia_core.app.housekeeping import expire, keep_house
from motia_core.app.parts import Parts
from motia_core.clock import Clock
from motia_core.config import Config, Durability
from motia_core.errors import StoreUnavailable
from motia_core.storage.open import open_storage

pytestmark = pytest.mark.anyio


class Later(Clock):
    """A day after now."""

    def now_ms(self) -> int:
        return super().now_ms() + 86_400_000


async def test_expired_values_of_state_and_streams_go(tmp_path: Path) -> None:
    clock = Clock()
    storage = await open_storage("sqlite:h.db", tmp_path, tmp_path, durability=Durability(), clock=clock)
    now = clock.now_ms()
    for keyed in (storage.state, storage.stream("todo")):
        await keyed.set("g", "short", b"1", now=now, expires=now + 1000)
        await keyed.set("g", "long", b"2", now=now, expires=None)
    parts = cast(Parts, SimpleNamespace(storage=storage, config=Config(), clock=Later()))
    await expire(parts)
    for keyed in (storage.state, storage.stream("todo")):
        # Asked as of then: what is gone now was removed, not only hidden.
        assert [item.key for item in await keyed.group("g", now=now)] == ["long"]
    await storage.close()


@pytest.mark.parametrize("stops", [True, False])
async def test_a_store_that_is_closed_by_the_end_is_no_news(stops: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(housekeeping, "_SOON", 0.001)
    over, notes = anyio.Event(), list[str]()

    async def sweep(**asked: int) -> int:
        if stops:
            over.set()
        raise StoreUnavailable("the database is closed")

    def note(level: str, msg: str) -> None:
        notes.append(msg)
        scope.cancel()

    recorder = SimpleNamespace(note=note)
    storage = SimpleNamespace(sweep=sweep)
    parts = cast(Parts, SimpleNamespace(storage=storage, config=Config(), clock=Clock(), recorder=recorder))
    with anyio.fail_after(30), anyio.CancelScope() as scope:
        await keep_house(parts, over.is_set)
    assert notes == ([] if stops else ["old entries could not be removed: the database is closed"])
