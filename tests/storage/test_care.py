"""Care of the file as a whole: beside an open store, with damaged, foreign and newer files, and copies put back."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import anyio
import pytest

from motia_core.errors import ConfigError, StoreTooNew, StoreUnavailable
from motia_core.storage.sqlite.care import SqliteCare

from .conftest import Opener
from .deliveries import claim, emission, put

pytestmark = pytest.mark.anyio


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "motia.db"


def damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    third = len(content) // 3
    content[third:] = b"\xff" * (len(content) - third)
    path.write_bytes(content)


async def test_a_store_at_work_is_sound_and_counted(opener: Opener, path: Path) -> None:
    storage = await opener()
    await storage.state.set("g", "k", b"1", now=0)
    await storage.stream("s").set("g", "k", b"1", now=0)
    await put(storage, emission("a"), emission("a", group="lane", fifo=True), emission("a", group="lane", fifo=True))
    await claim(storage)
    found = SqliteCare(path).check()
    assert found.faults == ()
    assert found.counts == {"state": 1, "stream items": 1, "events": 3, "deliveries": 3, "dead letters": 0}


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("DELETE FROM events", "has no event"),
        ("UPDATE events SET remaining = 5", "counts 5 deliveries but has 1"),
        ("UPDATE deliveries SET status = 'blocked' WHERE lane IS NOT NULL", "has 0 deliveries in front"),
        ("UPDATE counters SET pending = 7", "says 7 but there are 2"),
        ("UPDATE counters SET sequence = 0", "but the counter stands at 0"),
    ],
)
async def test_contradictions_are_told(opener: Opener, path: Path, sql: str, said: str) -> None:
    storage = await opener()
    await put(storage, emission("a"), emission("a", group="lane", fifo=True))
    await storage.close()
    with closing(sqlite3.connect(path)) as db:
        db.execute(sql)
        db.commit()
    assert any(said in fault for fault in SqliteCare(path).check().faults)


async def test_damage_is_told_and_nothing_changed(opener: Opener, path: Path) -> None:
    storage = await opener()
    for n in range(200):
        await storage.state.set("g", str(n), b"x" * 1000, now=0)
    await storage.close()
    damage(path)
    before = path.read_bytes()
    assert SqliteCare(path).check().faults
    assert path.read_bytes() == before


async def test_a_backup_holds_what_was_acknowledged_while_writes_go_on(opener: Opener, tmp_path: Path) -> None:
    storage = await opener()
    acknowledged = 0
    done = anyio.Event()

    async def write() -> None:
        nonlocal acknowledged
        while not done.is_set():
            await put(storage, emission("a", data=str(acknowledged).encode()))
            acknowledged += 1

    async with anyio.create_task_group() as group:
        group.start_soon(write)
        for n in range(5):
            while acknowledged < n * 20:
                await anyio.sleep(0.001)
            sure = acknowledged
            target = tmp_path / "copies" / f"{n}.db"
            await anyio.to_thread.run_sync(SqliteCare(tmp_path / "motia.db").backup, target)
            found = SqliteCare(target).check()
            assert found.faults == () and found.counts["events"] >= sure
        done.set()


async def test_a_copy_is_put_back_and_what_was_there_is_kept(opener: Opener, path: Path, tmp_path: Path) -> None:
    storage = await opener()
    await storage.state.set("g", "k", b'"old"', now=0)
    copy = tmp_path / "copy.db"
    SqliteCare(path).backup(copy)
    await storage.state.set("g", "k", b'"new"', now=0)
    with pytest.raises(StoreUnavailable, match="a program still uses"):
        SqliteCare(path).restore(copy)
    assert await storage.state.get("g", "k", now=0) == b'"new"'
    await storage.close()
    kept = SqliteCare(path).restore(copy)
    assert kept is not None
    storage = await opener()
    assert await storage.state.get("g", "k", now=0) == b'"old"'
    await storage.close()
    SqliteCare(path).restore(kept)
    assert await (await opener()).state.get("g", "k", now=0) == b'"new"'


async def test_a_damaged_file_is_replaced_by_a_copy_and_kept(opener: Opener, path: Path, tmp_path: Path) -> None:
    storage = await opener()
    await storage.state.set("g", "k", b"1", now=0)
    copy = tmp_path / "copy.db"
    SqliteCare(path).backup(copy)
    await storage.close()
    path.write_bytes(b"no database " * 1000)
    kept = SqliteCare(path).restore(copy)
    assert kept is not None and kept.read_bytes().startswith(b"no database")
    assert await (await opener()).state.get("g", "k", now=0) == b"1"


async def test_a_log_without_its_database_does_not_get_into_the_copy(
    opener: Opener, path: Path, tmp_path: Path
) -> None:
    storage = await opener()
    await storage.state.set("g", "k", b'"old"', now=0)
    copy = tmp_path / "copy.db"
    SqliteCare(path).backup(copy)
    await storage.state.set("g", "k", b'"new"', now=0)
    log = path.with_name("motia.db-wal").read_bytes()
    await storage.close()
    path.unlink()  # somebody cleared it away after a crash, which leaves the log
    path.with_name("motia.db-wal").write_bytes(log)
    assert SqliteCare(path).restore(copy) is None
    assert await (await opener()).state.get("g", "k", now=0) == b'"old"'


async def test_what_was_put_aside_a_moment_ago_is_kept_too(
    opener: Opener, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("motia_core.storage.sqlite.care.time.strftime", lambda form: "20260101-000000")
    storage = await opener()
    copy = tmp_path / "copy.db"
    SqliteCare(path).backup(copy)
    await storage.state.set("g", "k", b"1", now=0)
    await storage.close()
    first, second = SqliteCare(path).restore(copy), SqliteCare(path).restore(copy)
    assert first is not None and second is not None and first != second
    assert SqliteCare(first).check().counts["state"] == 1


@pytest.mark.parametrize("name", ["motia.db", "link.db"])
async def test_a_backup_never_takes_the_place_of_the_database(
    opener: Opener, path: Path, tmp_path: Path, name: str
) -> None:
    storage = await opener()
    (tmp_path / "link.db").symlink_to(path)
    with pytest.raises(StoreUnavailable, match="is the database itself"):
        SqliteCare(path).backup(tmp_path / name)
    await storage.state.set("g", "k", b"1", now=0)
    await storage.check()


async def test_a_backup_never_takes_the_place_of_another_database_at_work(
    opener: Opener, path: Path, tmp_path: Path
) -> None:
    await (await opener()).close()
    other = tmp_path / "other.db"
    SqliteCare(path).backup(other)
    with closing(sqlite3.connect(other)) as db:
        db.execute("PRAGMA journal_mode = WAL").fetchone()
        db.execute("INSERT INTO probes (id, value) VALUES (7, 'x')")
        db.commit()
        with pytest.raises(StoreUnavailable, match="is a database at work"):
            SqliteCare(path).backup(other)
    SqliteCare(path).backup(other)  # closed: an older copy like any other


async def test_a_bad_copy_changes_nothing(opener: Opener, path: Path, tmp_path: Path) -> None:
    storage = await opener()
    for n in range(200):
        await storage.state.set("g", str(n), b"x" * 1000, now=0)
    copy = tmp_path / "copy.db"
    SqliteCare(path).backup(copy)
    await storage.close()
    damage(copy)
    before = path.read_bytes()
    with pytest.raises(StoreUnavailable, match="is damaged"):
        SqliteCare(path).restore(copy)
    with pytest.raises(StoreUnavailable, match="there is no database"):
        SqliteCare(path).restore(tmp_path / "nowhere.db")
    assert path.read_bytes() == before


async def test_files_of_others_and_newer_ones_are_left_alone(opener: Opener, path: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs.db"
    with closing(sqlite3.connect(theirs)) as db:
        db.execute("CREATE TABLE t (x)")
    await (await opener()).close()
    newer = tmp_path / "newer.db"
    shutil.copy(path, newer)
    with closing(sqlite3.connect(newer)) as db:
        db.execute("PRAGMA user_version = 99")
    for act in (SqliteCare.check, SqliteCare.compact, lambda care: care.backup(tmp_path / "out.db")):
        with pytest.raises(ConfigError, match="another program"):
            act(SqliteCare(theirs))
        with pytest.raises(StoreTooNew):
            act(SqliteCare(newer))
    assert not (tmp_path / "out.db").exists()


def test_an_empty_file_is_no_copy_and_no_damage(path: Path, tmp_path: Path) -> None:
    path.touch()
    care = SqliteCare(path)
    for use in (care.check, care.compact, lambda: care.backup(tmp_path / "copy"), lambda: care.restore(path)):
        with pytest.raises(StoreUnavailable, match="is empty: it holds no database"):
            use()
    assert path.read_bytes() == b"" and not (tmp_path / "copy").exists()


@pytest.mark.parametrize("prepared", [True, False])
async def test_space_is_given_back_beside_an_open_store(opener: Opener, path: Path, prepared: bool) -> None:
    storage = await opener()
    if not prepared:
        await storage.close()
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.execute("PRAGMA auto_vacuum = NONE")
            db.execute("VACUUM")
        storage = await opener()
    for n in range(500):
        await storage.state.set("g", str(n), b"x" * 4000, now=0)
    await storage.state.clear("g", now=0)
    await storage.state.set("g", "k", b"1", now=0)
    SqliteCare(path).compact()
    assert path.stat().st_size < 500_000
    assert await storage.state.get("g", "k", now=0) == b"1"
    await storage.state.set("g", "k", b"2", now=0)
    assert SqliteCare(path).check().faults == ()
