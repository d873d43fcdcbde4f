"""Brings a file to the schema of this program. Each `schema/NNNN_name.sql` is one step; those a file lacks
are applied in one transaction.

`PRAGMA user_version` says how far a file is, `application_id` that it is ours. Before an old file is changed a copy is
kept beside it. A file never goes backwards.
"""

from __future__ import annotations

import os
import re
import sqlite3
import time
from contextlib import closing
from importlib.resources import files
from pathlib import Path

from motia_core.errors import ConfigError, StoreTooNew, StoreUnavailable

APPLICATION_ID = 0x4D6F7469  # "Moti"
_FILE = re.compile(r"^(\d{4})_\w+\.sql$")


def steps(folder: str) -> list[tuple[int, str]]:
    """Number and SQL of each step in `folder`, in order."""
    root = files(__package__).joinpath(folder)
    found = [(int(match[1]), entry) for entry in root.iterdir() if (match := _FILE.match(entry.name))]
    found.sort(key=lambda pair: pair[0])
    if [number for number, _ in found] != list(range(1, len(found) + 1)):
        raise ValueError(f"the files of {folder} are not numbered 0001, 0002, …")
    return [(number, entry.read_text("utf-8")) for number, entry in found]


def migrate(db: sqlite3.Connection, path: Path, wanted: list[tuple[int, str]]) -> None:
    """Applies the steps `db` lacks, all or none. Several processes may do this at the same time: one does, the others
    wait."""
    latest = wanted[-1][0]
    version = check_ours(db, path, latest)
    if version == latest:
        return
    if version:
        _refuse_beside_an_older_server(db, path)
        _keep_copy(db, path, version)
    db.execute("BEGIN IMMEDIATE")
    try:
        version = check_ours(db, path, latest)
        for number, script in wanted:
            if number > version:
                for statement in statements(script):
                    db.execute(statement)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {latest}")
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def statements(script: str) -> list[str]:
    """`script` in single statements: `executescript` would commit on its own."""
    found: list[str] = []
    pending = ""
    for line in script.splitlines(keepends=True):
        if not pending and (not line.strip() or line.startswith("--")):
            continue
        pending += line
        if sqlite3.complete_statement(pending):
            found.append(pending.strip())
            pending = ""
    if pending.strip():
        raise ValueError("the last statement of a migration is not ended by a semicolon")
    return found


def check_ours(db: sqlite3.Connection, path: Path, latest: int) -> int:
    """The file's schema version. Raises for another program's file (which is left as it is) and a newer one of ours."""
    version, ours, is_empty = _stamps(db)
    if not ours and (version or not is_empty):
        raise ConfigError(
            f"{path} is a database of another program", hint="name another file in database.url; Motia makes it"
        )
    if version > latest:
        raise StoreTooNew(
            f"{path} was written by a newer Motia (schema {version}, this one knows {latest})", hint="upgrade Motia"
        )
    return version


def _stamps(db: sqlite3.Connection) -> tuple[int, bool, bool]:
    """Version, whether it is ours, whether it is empty: of one moment, as another process may be making the file."""
    outer = db.in_transaction
    if not outer:
        db.execute("BEGIN")
    try:
        version = int(db.execute("PRAGMA user_version").fetchone()[0])
        ours = int(db.execute("PRAGMA application_id").fetchone()[0]) == APPLICATION_ID
        is_empty = db.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone() is None
    finally:
        if not outer and db.in_transaction:
            db.execute("COMMIT")
    return version, ours, is_empty


def _refuse_beside_an_older_server(db: sqlite3.Connection, path: Path) -> None:
    """A server that began before the change would go on with what is there no more. Those that listen have a row, which
    outlives one that was killed: so it counts only while others have the file open."""
    if not db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'listeners'").fetchone():
        return
    if not db.execute("SELECT 1 FROM listeners WHERE until > ?", (time.time_ns() // 1_000_000,)).fetchone():
        return
    if not alone(db):
        raise StoreUnavailable(
            f"an older Motia still serves {path}, which this one would change", hint="stop it, then start this one"
        )
    db.execute("PRAGMA journal_mode = WAL").fetchone()


def alone(db: sqlite3.Connection) -> bool:
    """Whether no other connection has the file open, in any process. Leaves it without its write-ahead log then:
    giving that up takes a lock that nobody shares."""
    patience = db.execute("PRAGMA busy_timeout").fetchone()[0]
    db.execute("PRAGMA busy_timeout = 0").fetchone()
    try:
        return bool(db.execute("PRAGMA journal_mode = DELETE").fetchone()[0] != "wal")
    except sqlite3.OperationalError:
        return False
    finally:
        db.execute(f"PRAGMA busy_timeout = {patience}").fetchone()


def _keep_copy(db: sqlite3.Connection, path: Path, version: int) -> None:
    """Each process makes its own; one that another process has overtaken is no copy of the old schema."""
    target = path.with_name(f"{path.name}.schema-{version}")
    if target.exists():  # of another time: a restored file is brought forward once more
        target = target.with_name(f"{target.name}-{time.strftime('%Y%m%d-%H%M%S')}")
    partial = target.with_name(f"{target.name}.{os.getpid()}.partial")
    partial.unlink(missing_ok=True)
    try:
        db.execute("VACUUM INTO ?", (str(partial),))
        with closing(sqlite3.connect(partial)) as copy:
            same = copy.execute("PRAGMA user_version").fetchone()[0] == version
        if same:
            partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
