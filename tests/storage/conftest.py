"""Every backend there is: one folder of `motia_core/storage/` each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from motia_core import storage as package
from motia_core.clock import Clock
from motia_core.config import Durability
from motia_core.storage.base import Storage
from motia_core.storage.open import open_storage
from motia_core.storage.sqlite.storage import SqliteStorage

BACKENDS = sorted(path.parent.name for path in Path(str(package.__file__)).parent.glob("*/storage.py"))
URLS = {"memory": "memory:", "sqlite": "sqlite:./motia.db"}

Opener = Callable[..., Awaitable[Storage]]


@pytest.fixture
async def opener(tmp_path: Path) -> AsyncIterator[Opener]:
    """Opens a storage in the test's folder; closes what is left open at the end."""
    opened: list[Storage] = []

    async def open_one(url: str = "sqlite:./motia.db", durability: Durability | None = None) -> Storage:
        storage = await open_storage(
            url, tmp_path, tmp_path / ".motia", durability=durability or Durability(), clock=Clock()
        )
        opened.append(storage)
        return storage

    yield open_one
    for storage in opened:
        await storage.close()


@pytest.fixture(params=BACKENDS)
async def storage(request: pytest.FixtureRequest, opener: Opener) -> Storage:
    return await opener(URLS[request.param])


@pytest.fixture
async def sqlite(opener: Opener) -> SqliteStorage:
    storage = await opener()
    assert isinstance(storage, SqliteStorage)
    return storage
