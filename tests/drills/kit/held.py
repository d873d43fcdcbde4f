"""Which events a database file holds, by their number: those of the step that keeps everything."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path


def holds_tables(database: Path) -> bool:
    with closing(sqlite3.connect(database)) as db:
        return bool(db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'deliveries'").fetchall())


def held(database: Path) -> set[int]:
    """Only events that still have their delivery count. A database without tables holds nothing."""
    if not holds_tables(database):
        return set()
    sql = "SELECT e.data ->> 'n' FROM events e JOIN deliveries d ON d.event = e.id WHERE d.step = 'Kept'"
    with closing(sqlite3.connect(database)) as db:
        return {int(row[0]) for row in db.execute(sql)}
