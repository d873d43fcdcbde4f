"""Bringing a file to the schema, where two processes do it at once: step by step, so that nothing is left to chance."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from motia_core.storage.sqlite.migrations import check_ours, migrate

WANTED = [(1, "CREATE TABLE things (name TEXT);\n")]
ASKED = ("PRAGMA user_version", "PRAGMA application_id", "SELECT 1 FROM sqlite_schema LIMIT 1")


@pytest.mark.parametrize("moment", ASKED)
def test_a_file_that_another_process_makes_meanwhile_is_ours(tmp_path: Path, moment: str) -> None:
    path = tmp_path / "new.db"

    class Overtaken(sqlite3.Connection):
        """Another server makes the schema between two of its questions."""

        def execute(self, sql: str, parameters: object = (), /) -> sqlite3.Cursor:
            found = super().execute(sql, parameters)  # type: ignore[arg-type]
            if sql == moment and not made:
                made.append(sql)
                migrate(other, path, WANTED)
            return found

    made: list[str] = []
    with (
        closing(sqlite3.connect(path, isolation_level=None)) as other,
        closing(sqlite3.connect(path, isolation_level=None, factory=Overtaken)) as db,
    ):
        other.execute("PRAGMA journal_mode = WAL").fetchone()
        assert check_ours(db, path, 1) in (0, 1)
        assert made == [moment]
        assert not db.in_transaction
        assert check_ours(db, path, 1) == 1
