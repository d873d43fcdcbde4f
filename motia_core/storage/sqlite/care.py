"""Care of a database file by hand: looking whether it is whole, copying it, putting a copy back, giving space back.

Works on the file alone, beside a running server where that can be; opens it for nothing else. Never changes a file that
is damaged, newer than this program or another program's.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import chain, count
from pathlib import Path

from motia_core.errors import ConfigError, MotiaError, StoreUnavailable
from motia_core.storage.care import Compacted, Condition
from motia_core.storage.sqlite.faults import unavailable
from motia_core.storage.sqlite.migrations import alone, check_ours, steps
from motia_core.storage.sqlite.queries import load
from motia_core.storage.sqlite.thread import LOCK_WAIT

_SQL = load("care")
_AT_ONCE = 500
_PARTS = ("", "-wal", "-shm")
_FAULTS = 20


class SqliteCare:
    """Of the file at `path`. Its methods block: they belong on a thread or into a command."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def check(self) -> Condition:
        """Reads every page and compares what the tables say of one another. Raises StoreUnavailable when the file
        cannot be opened at all."""
        with _opened(self.path) as db:
            try:
                version = _version(db, self.path)
                db.execute("BEGIN")
                faults = [str(row[0]) for row in db.execute(f"PRAGMA integrity_check({_FAULTS})") if row[0] != "ok"]
                faults += [] if faults else _disorder(db)
                counts = {} if faults else {str(name): int(n) for name, n in db.execute(_SQL["counts"])}
            except sqlite3.DatabaseError as error:
                return Condition(str(self.path), faults=(str(error),), size=self.path.stat().st_size)
        return Condition(str(self.path), version, tuple(faults), counts, self.path.stat().st_size)

    def backup(self, target: Path) -> None:
        """A copy of one moment at `target`, whole or not there: everything acknowledged before the call is in it. The
        copy is on the disk when this returns. An older copy of that name is replaced, but never a database that is in
        use: raises StoreUnavailable."""
        partial = target.with_name(f"{target.name}.partial")
        with _opened(self.path) as db:
            _version(db, self.path)
            target.parent.mkdir(parents=True, exist_ok=True)
            self._check_target(target)
            partial.unlink(missing_ok=True)
            db.execute("VACUUM INTO ?", (str(partial),))
            _sync(partial)
            partial.replace(target)
            _sync(target.parent)

    def restore(self, source: Path) -> Path | None:
        """Puts the copy `source` in place of the file; returns where what was there is kept. Raises StoreUnavailable
        when the copy is damaged or a program still uses the file: nothing is changed then."""
        condition = SqliteCare(source).check()
        if condition.faults:
            raise StoreUnavailable(
                f"{source} is damaged: {condition.faults[0]}", hint="nothing was changed; restore another copy"
            )
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_name(f"{self.path.name}.restoring")
        draft.unlink(missing_ok=True)
        SqliteCare(source).backup(draft)
        kept = self._put_aside()
        draft.replace(self.path)
        _sync(self.path.parent)
        return kept

    def compact(self) -> Compacted:
        """Gives pages that are free back to the disk, a few at a time, so that a running server hardly waits."""
        with _opened(self.path) as db:
            before = self.path.stat().st_size
            _version(db, self.path)
            if int(db.execute("PRAGMA auto_vacuum").fetchone()[0]):
                while int(db.execute("PRAGMA freelist_count").fetchone()[0]):
                    db.execute(f"PRAGMA incremental_vacuum({_AT_ONCE})").fetchall()
            else:  # made by a Motia that did not yet prepare for it: rewritten once, as one transaction
                db.execute("PRAGMA auto_vacuum = INCREMENTAL")
                db.execute("VACUUM")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            db.execute("PRAGMA optimize")
        return Compacted(before, self.path.stat().st_size)

    def _check_target(self, target: Path) -> None:
        """Whoever has a database open would go on in a file that has no name any more; and a log left beside `target`
        would be taken for that of the copy."""
        if target.exists() and target.samefile(self.path):
            raise StoreUnavailable(f"{target} is the database itself", hint="name another file for the copy")
        log = target.with_name(f"{target.name}-wal")
        if log.exists():
            raise StoreUnavailable(
                f"{target} is a database at work, or one that was not closed: there is {log.name} beside it",
                hint="name another file for the copy",
            )

    def _put_aside(self) -> Path | None:
        """The present file under another name, with its log, once nobody uses it; None when there is no file. A log is
        put aside also without it: SQLite would write what is in it into the copy."""
        there = self.path.exists()
        try:
            free = not there or self._is_free()
        except sqlite3.DatabaseError:
            free = True  # damaged: nobody can be at work in it
        if not free:
            raise StoreUnavailable(
                f"a program still uses {self.path}", hint="stop motia, then restore; nothing was changed"
            )
        kept = self._unused_name()
        for suffix in _PARTS:
            file = self.path.with_name(self.path.name + suffix)
            if file.exists():
                file.replace(kept.with_name(kept.name + suffix))
        return kept if there else None

    def _is_free(self) -> bool:
        with closing(sqlite3.connect(self.path, timeout=0, isolation_level=None)) as db:
            return alone(db)

    def _unused_name(self) -> Path:
        """For what is put aside: twice within a second must not mean that the first is lost."""
        stem = f"{self.path.name}.before-restore-{time.strftime('%Y%m%d-%H%M%S')}"
        names = chain([stem], (f"{stem}-{number}" for number in count(2)))
        kept = (self.path.with_name(name) for name in names)
        return next(path for path in kept if not any(path.with_name(path.name + part).exists() for part in _PARTS))


def _version(db: sqlite3.Connection, path: Path) -> int:
    """Of the schema. Raises for a file that is empty, newer than this program or another program's."""
    version = check_ours(db, path, steps("schema")[-1][0])
    if not version:
        raise StoreUnavailable(f"{path} is empty: it holds no database", hint="motia dev or motia start makes it")
    return version


def _disorder(db: sqlite3.Connection) -> list[str]:
    """What no page check sees: rows that contradict one another."""
    return [str(row[0]) for row in db.execute(_SQL["disorder"]).fetchmany(_FAULTS)]


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    if not path.exists():
        raise StoreUnavailable(f"there is no database {path}", hint="motia dev or motia start makes it")
    try:
        with closing(sqlite3.connect(path, timeout=LOCK_WAIT, isolation_level=None)) as db:
            yield db
    except MotiaError:
        raise
    except sqlite3.Error as error:
        raise unavailable(error, str(path)) from error
    except OSError as error:
        raise ConfigError(f"{error.filename or path} cannot be used: {error.strerror}") from error


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
