"""The files themselves: new, old, newer, foreign and damaged ones; and that the plans of hot queries are what we mean."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from motia_core.errors import ConfigError, RuntimeMissing, StoreTooNew, StoreUnavailable
from motia_core.model import Span
from motia_core.storage.sqlite import database, migrations
from motia_core.storage.sqlite.deliveries import SQL
from motia_core.storage.sqlite.migrations import migrate, statements, steps
from motia_core.storage.sqlite.queries import load
from motia_core.storage.sqlite.state import _PRESENT
from motia_core.storage.sqlite.storage import SqliteStorage

from .conftest import Opener
from .deliveries import claim, emission, put

pytestmark = pytest.mark.anyio


def changed(path: Path, *sql: str) -> None:
    db = sqlite3.connect(path)
    for one in sql:
        db.execute(one)
    db.commit()
    db.close()


async def test_what_was_written_is_there_after_reopening(opener: Opener) -> None:
    storage = await opener()
    await storage.state.set("g", "k", b"1", now=0)
    await put(storage, emission("a", data=b"7"))
    await storage.close()
    storage = await opener()
    version = (await storage.state.read("g", "k", now=0))[1]
    assert [bytes(one.data) for one in await claim(storage)] == [b"7"]
    await storage.state.delete("g", "k", now=0)
    await storage.state.set("g", "k", b"1", now=0)
    assert (await storage.state.read("g", "k", now=0))[1] != version


async def test_folders_are_made_and_the_default_is_in_the_motia_folder(opener: Opener, tmp_path: Path) -> None:
    storage = await opener("sqlite:deep/er/data.db")
    assert storage.describe == str(tmp_path / "deep/er/data.db")
    assert sorted(path.name for path in (tmp_path / "deep/er").glob("*.db")) == ["data.db", "data.traces.db"]
    assert (await opener("")).describe == str(tmp_path / ".motia/motia.db")


async def test_a_newer_file_is_refused_in_one_line(opener: Opener, tmp_path: Path) -> None:
    await (await opener()).close()
    changed(tmp_path / "motia.db", "PRAGMA user_version = 99")
    with pytest.raises(StoreTooNew, match=r"motia\.db was written by a newer Motia \(schema 99, this one knows \d+\)"):
        await opener()


async def test_a_file_of_another_program_is_refused_and_left_alone(opener: Opener, tmp_path: Path) -> None:
    path = tmp_path / "motia.db"
    changed(path, "CREATE TABLE theirs (x)")
    before = path.read_bytes()
    with pytest.raises(ConfigError, match="another program"):
        await opener()
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"this is no database, but it is longer than a header" * 100, None])
async def test_what_cannot_be_a_database_is_named(opener: Opener, tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "motia.db"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    with pytest.raises(
        StoreUnavailable, match=r"motia\.db cannot be used: it (is no SQLite database|cannot be opened)"
    ):
        await opener()


async def test_a_traces_file_that_cannot_be_opened_is_named(opener: Opener, tmp_path: Path) -> None:
    (tmp_path / "motia.traces.db").mkdir()
    with pytest.raises(StoreUnavailable, match=r"motia\.traces\.db cannot be used: it cannot be opened"):
        await opener()


async def test_an_old_sqlite_is_named(opener: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "MINIMUM", (99, 0, 0))
    with pytest.raises(RuntimeMissing, match=r"is too old; 99\.0\.0 is needed"):
        await opener()


async def test_a_short_read_that_meets_a_lock_waits_on_the_thread(sqlite: SqliteStorage) -> None:
    class Locked:
        def execute(self, sql: str, parameters: object) -> object:
            error = sqlite3.OperationalError("database is locked")
            error.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise error

        def close(self) -> None:
            looking.close()

    await sqlite.state.set("g", "k", b"1", now=0)
    looking = sqlite.database._looking
    sqlite.database._looking = Locked()  # type: ignore[assignment]
    assert await sqlite.state.get("g", "k", now=0) == b"1"


async def test_a_folder_that_cannot_be_made_is_named(opener: Opener, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnavailable, match="folder"):
        await opener("sqlite:file/motia.db")


async def test_damaged_traces_are_put_aside(opener: Opener, tmp_path: Path) -> None:
    path = tmp_path / "motia.traces.db"
    path.write_bytes(b"damaged" * 1000)
    storage = await opener()
    await storage.traces.add([Span(id="1", trace_id="t", name="a", kind="api", status="running", start=0)], [])
    assert len(await storage.traces.trace("t")) == 1
    assert path.with_name("motia.traces.db.damaged").read_bytes() == b"damaged" * 1000


async def test_a_damaged_database_is_named(opener: Opener, tmp_path: Path) -> None:
    storage = await opener()
    for n in range(200):
        await storage.state.set("g", str(n), b"x" * 1000, now=0)
    await storage.close()
    path = tmp_path / "motia.db"
    content = bytearray(path.read_bytes())
    half = len(content) // 2
    content[half:] = b"\xff" * (len(content) - half)
    path.write_bytes(content)
    storage = await opener()
    with pytest.raises(StoreUnavailable, match="damaged"):
        await storage.state.group("g", now=0)


def test_an_old_file_is_copied_and_brought_forward(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    db = sqlite3.connect(path, isolation_level=None)
    first, second, third = "CREATE TABLE a (x);\n", "-- why\nALTER TABLE a ADD y;\n", "CREATE TABLE b (x);\n"
    migrate(db, path, [(1, first)])
    db.execute("INSERT INTO a VALUES (1)")
    assert not list(tmp_path.glob("*.schema-*"))
    migrate(db, path, [(1, first), (2, second), (3, third)])
    assert db.execute("PRAGMA user_version").fetchone() == (3,)
    assert db.execute("SELECT x, y FROM a").fetchall() == [(1, None)]
    assert db.execute("SELECT * FROM b").fetchall() == []
    db.close()
    copy = sqlite3.connect(tmp_path / "old.db.schema-1")
    assert copy.execute("SELECT * FROM a").fetchall() == [(1,)]
    assert copy.execute("PRAGMA user_version").fetchone() == (1,)
    copy.close()
    assert [file.name for file in tmp_path.glob("*.partial")] == []


def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    db = sqlite3.connect(path, isolation_level=None)
    migrate(db, path, [(1, "CREATE TABLE a (x);\n")])
    with pytest.raises(sqlite3.OperationalError):
        migrate(db, path, [(1, ""), (2, "CREATE TABLE b (x);\nCREATE TABLE a (x);\n")])
    assert db.execute("PRAGMA user_version").fetchone() == (1,)
    assert db.execute("SELECT name FROM sqlite_schema").fetchall() == [("a",)]
    db.close()


def test_scripts_are_taken_apart_at_whole_statements() -> None:
    script = "-- a\n\nCREATE TABLE a (\n  x -- ;\n);\nCREATE TRIGGER t AFTER DELETE ON a BEGIN\n  SELECT 1;\nEND;\n"
    assert [one.split()[1] for one in statements(script)] == ["TABLE", "TRIGGER"]
    with pytest.raises(ValueError, match="not ended"):
        statements("CREATE TABLE a (x)\n")


@pytest.mark.parametrize("folder", ["schema", "schema_traces"])
def test_the_migrations_are_numbered_from_one(folder: str) -> None:
    assert steps(folder)[0][0] == 1


def test_a_gap_in_the_numbers_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "0002_x.sql").write_text("")
    monkeypatch.setattr(migrations, "files", lambda package: tmp_path)
    with pytest.raises(ValueError, match="numbered"):
        steps("s")


async def plan(storage: SqliteStorage, sql: str) -> str:
    count = sql.count("?")
    parameters: object = ["[]"] * count if count else {"steps": "[]", "now": 0, "limit": 1, "space": "", "step": ""}
    rows = await storage.database.read(lambda db: db.execute(f"EXPLAIN QUERY PLAN {sql}", parameters).fetchall())
    return "\n".join(row[3] for row in rows)


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("candidates", "INDEX deliveries_waiting (step=? AND due<?)"),
        ("steps_waiting", "INDEX deliveries_waiting (step>?)"),
        ("expire_leases", "INDEX deliveries_claimed (lease<?)"),
        ("claim", "INTEGER PRIMARY KEY (rowid=?)"),
        ("claimed", "INTEGER PRIMARY KEY (rowid=?)"),
        ("end", "INTEGER PRIMARY KEY (rowid=?)"),
        ("lane_taken", "INDEX deliveries_lane (step=? AND lane=?)"),
        ("due", "INDEX deliveries_waiting (step=?)"),
        ("hurry", "INDEX deliveries_waiting (step=? AND due>?)"),
        ("emit_id", "PRIMARY KEY (topic=? AND dedup=?)"),
    ],
)
async def test_no_hot_query_reads_what_waits(sqlite: SqliteStorage, name: str, index: str) -> None:
    """Their cost must not grow with the backlog: each goes through an index, none sorts or scans deliveries."""
    found = await plan(sqlite, SQL[name])
    assert index in found
    assert "SCAN d" not in found.replace("SCAN deliveries USING COVERING INDEX deliveries_waiting", "")
    assert "TEMP B-TREE" not in found


async def test_no_point_read_of_state_scans(sqlite: SqliteStorage) -> None:
    queries = load("entries")
    for sql in (queries["get"], queries["read"], queries["overwrite"], queries["delete"], _PRESENT[2]):
        assert "INDEX entries_key (space=? AND group_name=? AND key=?)" in await plan(sqlite, sql)
