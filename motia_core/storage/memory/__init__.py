"""The backend without a file: the reference the others are compared with, and a test double. Everything is gone at the
end of the process. Start reading at `storage.py`."""

from __future__ import annotations

from pathlib import Path

from motia_core.clock import Clock
from motia_core.config import Durability
from motia_core.errors import ConfigError
from motia_core.storage.base import Storage
from motia_core.storage.care import Care
from motia_core.storage.memory.storage import MemoryStorage


async def open_backend(location: Path, *, durability: Durability, clock: Clock) -> Storage:
    return MemoryStorage()


def care_of(location: Path) -> Care:
    raise ConfigError("a database in memory is gone with its server", hint="name a file in database.url")
