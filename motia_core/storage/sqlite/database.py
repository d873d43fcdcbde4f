"""One SQLite file: opening it, its writer, and two ways of reading.

`look` reads a few rows on the loop's own thread: a hop to a thread and back costs ten times the read. `read` uses a
connection with its own thread, for everything whose size is the user's. Both see each commit that was answered. Which
store reads how is said in docs/decisions/0004-store-threads.md.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite

from motia_core.clock import Clock
from motia_core.errors import RuntimeMissing, StoreUnavailable
from motia_core.metrics.histogram import Histogram
from motia_core.storage.sqlite.batch import Kind
from motia_core.storage.sqlite.faults import code, sought, unavailable
from motia_core.storage.sqlite.migrations import check_ours, migrate, steps
from motia_core.storage.sqlite.thread import LOCK_WAIT, connect, submit
from motia_core.storage.sqlite.transaction import Work
from motia_core.storage.sqlite.writer import CHECKPOINT_PAGES, Outbox, Sync, Writer

T = TypeVar("T")
A = TypeVar("A")
Row = tuple[Any, ...]

MINIMUM = (3, 37, 0)
_UNFIT = (OverflowError, UnicodeError)
"""What is asked for has no place in SQLite: a number of more than 64 bits, or half a character."""
_WAL_LIMIT = 64 * 1024 * 1024


class Database:
    """Made by `open_database`. `where` is the path as people see it."""

    def __init__(
        self,
        path: Path,
        writing: aiosqlite.Connection,
        reading: aiosqlite.Connection,
        looking: sqlite3.Connection,
        *,
        full: Sync,
        normal: Sync,
        versions: Iterator[int],
        patient: bool,
    ) -> None:
        self.path = path
        self.where = str(path)
        self._writing = writing
        self._reading = reading
        self._looking = looking
        self._inode = path.stat().st_ino
        self._writer = Writer(writing, self.where, full=full, normal=normal, versions=versions, patient=patient)

    async def write(self, work: Work[T], *, full: bool = False, fixed: bool = False) -> T:
        """Runs `work` in the next transaction and answers after its commit."""
        return await self._writer.run(work, full=full, fixed=fixed)

    async def write_among(self, kind: Kind[A, T], argument: A, *, full: bool = False) -> T:
        """Runs one argument of `kind` in the next transaction, together with others of that kind."""
        return await self._writer.run_among(kind, argument, full=full)

    @property
    def took(self) -> Histogram:
        """How long transactions took, from their beginning to their commit."""
        return self._writer.took

    def carry(self, outbox: Outbox) -> None:
        """Gives `outbox` what transactions tell of themselves from now on."""
        self._writer.outbox = outbox

    async def look(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """All rows of a short query."""
        try:
            return self._looking.execute(sql, parameters).fetchall()
        except sqlite3.ProgrammingError as error:
            raise StoreUnavailable(f"the database {self.where} is closed") from error
        except _UNFIT as error:
            raise sought(error) from error
        except sqlite3.Error as error:
            if code(error) not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise unavailable(error, self.where) from error
        # Locked for the moment: wait where waiting harms nobody.
        return await self.read(lambda db: db.execute(sql, parameters).fetchall())

    async def read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        """What `query` makes of the reading connection, on its thread."""
        try:
            return await submit(self._reading, query)
        except _UNFIT as error:
            raise sought(error) from error
        except sqlite3.Error as error:
            raise unavailable(error, self.where) from error

    async def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """All rows of a query of any size."""
        return await self.read(lambda db: db.execute(sql, parameters).fetchall())

    def check_file(self) -> None:
        """A file that was removed or replaced under us still takes writes, which nobody will ever read."""
        try:
            inode = self.path.stat().st_ino
        except OSError as error:
            raise StoreUnavailable(
                f"the database {self.where} is gone: {error.strerror}", hint="restart Motia; it makes a new one"
            ) from error
        if inode != self._inode:
            raise StoreUnavailable(f"the database {self.where} was replaced by another file", hint="restart Motia")

    async def close(self) -> None:
        """Commits what was handed in, then lets go of the file."""
        await self._writer.close()
        self._looking.close()
        await self._reading.close()
        await self._writing.close()


async def open_database(
    path: Path, *, schema: str, full: Sync, normal: Sync, clock: Clock, patient: bool = False
) -> Database:
    """Opens or makes `path` and brings it to the newest schema of the folder `schema`. `patient`: see `run_through`."""
    if sqlite3.sqlite_version_info < MINIMUM:
        raise RuntimeMissing(
            f"SQLite {sqlite3.sqlite_version} is too old; {'.'.join(map(str, MINIMUM))} is needed",
            hint="install Motia under an interpreter that was built with a newer SQLite",
        )
    where = str(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnavailable(f"the folder of the database {where} cannot be made: {error.strerror}") from error
    writing = await connect(where, where)
    opened: list[aiosqlite.Connection] = [writing]
    try:
        await submit(writing, lambda db: _prepare(db, path, schema))
        reading = await connect(where, where)
        opened.append(reading)
        await submit(reading, _prepare_reader)
        looking = sqlite3.connect(
            where, timeout=LOCK_WAIT, isolation_level=None, check_same_thread=False, cached_statements=64
        )
        _prepare_reader(looking)
        looking.execute("PRAGMA busy_timeout = 0").fetchone()  # from here on `look` waits elsewhere
        return Database(
            path, writing, reading, looking, full=full, normal=normal, versions=versions_of(clock), patient=patient
        )
    except BaseException as error:
        for connection in reversed(opened):
            await connection.close()
        if isinstance(error, sqlite3.Error):
            raise unavailable(error, where) from error
        raise


def versions_of(clock: Clock) -> Iterator[int]:
    """Numbers that no other opening of this or any file gives: 39 bits of its own, then a count. Versions need not
    grow from server to server, and so cost no row that every write would have to change."""
    own = hashlib.blake2b(clock.new_id().encode(), digest_size=5).digest()
    return count((int.from_bytes(own) >> 1) << 23)


def _prepare(db: sqlite3.Connection, path: Path, schema: str) -> None:
    wanted = steps(schema)
    check_ours(db, path, wanted[-1][0])
    if not db.execute("PRAGMA page_count").fetchone()[0]:
        # Lets `compact` work in small steps. In a file that exists it changes nothing, but costs a write.
        db.execute("PRAGMA auto_vacuum = INCREMENTAL")
    if db.execute("PRAGMA journal_mode = WAL").fetchone()[0] != "wal":
        raise StoreUnavailable(f"the database {path} cannot have a write-ahead log", hint="put it on a local disk")
    db.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}").fetchone()
    db.execute(f"PRAGMA journal_size_limit = {_WAL_LIMIT}").fetchone()
    db.execute("PRAGMA cache_size = -8000")
    db.execute("PRAGMA temp_store = MEMORY")  # what RETURNING gives would go through a file, at four times the cost
    db.execute("PRAGMA secure_delete = OFF").fetchone()
    db.execute("PRAGMA synchronous = NORMAL")
    migrate(db, path, wanted)
    db.execute("PRAGMA busy_timeout = 0").fetchone()  # from here on the writer waits by itself


def _prepare_reader(db: sqlite3.Connection) -> None:
    db.execute("PRAGMA query_only = ON")
    db.execute("PRAGMA cache_size = -4000")
