"""The SQLite backend. `writer` and `database` own the file, one module per store says what is kept; SQL is in
`queries/`, tables in `schema/`. Start reading at `storage.py`."""

from __future__ import annotations

from pathlib import Path

from motia_core.clock import Clock
from motia_core.config import Durability
from motia_core.storage.base import Storage
from motia_core.storage.care import Care
from motia_core.storage.sqlite.care import SqliteCare
from motia_core.storage.sqlite.storage import open_sqlite


async def open_backend(location: Path, *, durability: Durability, clock: Clock) -> Storage:
    return await open_sqlite(location, durability=durability, clock=clock)


def care_of(location: Path) -> Care:
    return SqliteCare(location)
