"""Every schema that was released has a stored sample, and this program serves what is in it after bringing it forward."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from motia_core.errors import StoreUnavailable
from motia_core.storage.sqlite.care import SqliteCare
from motia_core.storage.sqlite.migrations import steps

from .sampling import FILES, build, fill, look, open_in, sample

pytestmark = pytest.mark.anyio

MAIN = [number for number, _ in steps("schema")]
TRACES = [number for number, _ in steps("schema_traces")]


@pytest.mark.parametrize("schema", FILES)
def test_every_schema_has_a_sample(schema: str) -> None:
    missing = [number for number, _ in steps(schema) if not sample(schema, number).is_file()]
    assert not missing, "python -m tests.storage.sampling writes the newest"


@pytest.mark.parametrize("number", MAIN)
@pytest.mark.parametrize("traces", TRACES)
async def test_a_sample_is_brought_forward_and_served(number: int, traces: int, tmp_path: Path) -> None:
    build("schema", number, tmp_path)
    build("schema_traces", traces, tmp_path)
    storage = await open_in(tmp_path)
    try:
        await look(storage)
    finally:
        await storage.close()
    assert SqliteCare(tmp_path / FILES["schema"]).check().faults == ()
    kept = sorted(path.name for path in tmp_path.glob("motia.db.schema-*"))
    assert kept == ([] if number == MAIN[-1] else [f"motia.db.schema-{number}"])


async def test_a_copy_is_kept_each_time(tmp_path: Path) -> None:
    for times in (1, 2):
        (tmp_path / FILES["schema"]).unlink(missing_ok=True)
        build("schema", 1, tmp_path)
        with closing(sqlite3.connect(tmp_path / FILES["schema"], isolation_level=None)) as db:
            db.execute("INSERT INTO probes (value) VALUES (?)", (f"time {times}",))
        await (await open_in(tmp_path)).close()
    kept = sorted(tmp_path.glob("motia.db.schema-1*"), key=lambda path: len(path.name))
    assert len(kept) == 2
    for path, times in zip(kept, (1, 2), strict=True):
        with closing(sqlite3.connect(path)) as copy:
            assert copy.execute("SELECT max(value) FROM probes").fetchone() == (f"time {times}",)


async def test_a_file_that_an_older_server_serves_is_left_as_it_is(tmp_path: Path) -> None:
    build("schema", 1, tmp_path)
    with closing(sqlite3.connect(tmp_path / FILES["schema"], isolation_level=None)) as older:
        older.execute("PRAGMA journal_mode = WAL").fetchone()
        older.execute("INSERT INTO listeners VALUES ('older', ?)", (1 << 50,))
        with pytest.raises(StoreUnavailable, match="an older Motia still serves"):
            await open_in(tmp_path)
        assert older.execute("PRAGMA user_version").fetchone() == (1,)
        older.execute("UPDATE entries SET version = version")
    await (await open_in(tmp_path)).close()  # it was killed, and its row is there yet


async def test_what_the_samples_hold_is_what_is_written_today(tmp_path: Path) -> None:
    storage = await open_in(tmp_path)
    try:
        await fill(storage)
        await look(storage)
    finally:
        await storage.close()
