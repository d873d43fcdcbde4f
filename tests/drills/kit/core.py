"""One project folder and the lives of its core: started, killed, started again; each life leaves nothing behind."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, closing
from pathlib import Path
from types import TracebackType

import anyio

from motia_core.storage.sqlite.care import SqliteCare
from tests.drills.kit.ledger import Accounts, runs, settle
from tests.drills.kit.processes import MARK, described, marked, stands_still, until
from tests.drills.kit.project import LEDGER
from tests.drills.kit.verdict import Broken, must
from tests.kit.server import MOTIA, Server, address, launch, put_down

PATIENCE = 20.0
"""So long (s) nothing runs, and what has not run by then is lost: longer than any lease and any first retry here."""

GONE = 2.0
"""No process outlives its core by more (s)."""


class Core:
    """Leaving the block ends the present life. `kills` says when each process was killed (ms)."""

    def __init__(self, project: Path, *args: str, database: Path | None = None, **env: str) -> None:
        self.project = project
        self.ledger = project / "ledger"
        self.database = database or project / ".motia" / "motia.db"
        self.kills: dict[int, int] = {}
        self.lives = 0
        self._args = args
        self._env = env
        self._server: Server | None = None

    async def __aenter__(self) -> Core:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.end()

    @property
    def server(self) -> Server:
        assert self._server is not None, "the core was never started"
        return self._server

    @property
    def url(self) -> str:
        return self._server.url if self._server is not None else ""

    @property
    def pid(self) -> int:
        return self.server.process.pid

    @property
    def mark(self) -> str:
        return f"{MARK}={self.project}#{self.lives};"

    def spawn(self) -> None:
        """A new life; nothing is waited for."""
        self.lives += 1
        mark = self.mark.partition("=")[2]
        env = {**self._env, MARK: mark, LEDGER: str(self.ledger)}
        self._server = launch(self.project, [*MOTIA, "dev", "--port", "0", *self._args], **env)

    async def start(self) -> float:
        """A new life that serves; how long it took."""
        began = time.monotonic()
        self.spawn()
        return await self.serves(began)

    async def serves(self, since: float) -> float:
        self.server.url = await until(lambda: address(self.server), 60.0)
        return time.monotonic() - since

    def kill(self, number: int = signal.SIGKILL) -> None:
        """The core alone; its workers are to find out by themselves."""
        pids = marked(self.mark)
        self.server.process.send_signal(number)
        now = int(time.time() * 1000)
        self.kills |= dict.fromkeys(pids, now)

    async def gone(self) -> float:
        """Seconds until nothing of this life was left; Broken when that takes too long."""
        await until(lambda: self.server.process.poll() is not None, 60.0, 0.002, "the end of the core")
        began = time.monotonic()
        while left := marked(self.mark):
            if time.monotonic() - began > GONE:
                raise Broken(f"outlived the core by {GONE:g} s: {'; '.join(described(pid) for pid in left)}")
            await anyio.sleep(0.02)
        return time.monotonic() - began

    async def end(self) -> float:
        """However it went: nothing of any life is left. Seconds from the end of the core to that."""
        if self._server is None:
            return 0.0
        if self.server.process.poll() is None:
            self.server.process.send_signal(signal.SIGCONT)
        await anyio.to_thread.run_sync(put_down, self._server)
        return await self.gone()

    def check(self, database: Path | None = None) -> dict[str, int]:
        """Rows by kind, of a database that is sound. Works on a copy, so that the core itself has to recover."""
        return sound(database or self.copy(self.project / "looked-at"))

    def copy(self, folder: Path) -> Path:
        """The files of the database as they are now, byte for byte."""
        folder.mkdir(parents=True, exist_ok=True)
        for suffix in ("", "-wal", "-shm"):
            source = self.database.with_name(self.database.name + suffix)
            target = folder / source.name
            target.unlink(missing_ok=True)
            if source.exists():
                target.write_bytes(source.read_bytes())
        return folder / self.database.name

    @asynccontextmanager
    async def stopped(self) -> AsyncIterator[None]:
        """Wherever it is: every thread stands still inside the block."""
        os.kill(self.pid, signal.SIGSTOP)
        try:
            await until(lambda: stands_still(self.pid), every=0.001)
            yield
        finally:
            os.kill(self.pid, signal.SIGCONT)

    async def finished(self, accepted: Collection[int]) -> Accounts:
        """The accounts, once every accepted event has run and nothing waits, or nothing more happens."""
        moved, size = time.monotonic(), -1
        while time.monotonic() - moved < PATIENCE:
            done = {n for n, all_ in runs(self.ledger).items() if any(run.ended for run in all_)}
            if done.issuperset(accepted) and not self.waiting():
                break
            if (now := self.ledger.stat().st_size if self.ledger.exists() else 0) != size:
                moved, size = time.monotonic(), now
            await anyio.sleep(0.1)
        return settle(self.ledger, accepted, self.kills)

    def whereabouts(self, numbers: Collection[int]) -> str:
        """What the database says of the first of these events: a line for a broken promise."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=10)) as db:
            return "; ".join(f"{n} {_found(db, n)}" for n in sorted(numbers)[:5])

    def waiting(self, step: str = "Kept") -> int:
        """Deliveries that are not done, those of `step` apart."""
        return self._count("SELECT count(*) FROM deliveries WHERE step <> ?", step)

    def buried(self, reason: str = "%") -> int:
        return self._count("SELECT count(*) FROM dead_letters WHERE reason LIKE ?", reason)

    def _count(self, sql: str, *values: str) -> int:
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=10)) as db:
            return int(db.execute(sql, values).fetchone()[0])


def _found(db: sqlite3.Connection, n: int) -> str:
    of_event = "json_extract(CAST(data AS TEXT), '$.n') = ?"
    waits = db.execute(
        "SELECT d.status, d.attempt, d.lost, d.begun, d.due - CAST(strftime('%s', 'now') AS INTEGER) * 1000"
        f" FROM deliveries d JOIN events e ON e.id = d.event WHERE {of_event}",
        (n,),
    ).fetchone()
    if waits is not None:
        return "is {}: attempt {}, lost {}, begun {}, due in {} ms".format(*waits)
    dead = db.execute(f"SELECT reason, attempts, failure FROM dead_letters WHERE {of_event}", (n,)).fetchone()
    return "is not in the database" if dead is None else "is buried: {} after {} attempts, {}".format(*dead)


def sound(database: Path) -> dict[str, int]:
    """Rows by kind; Broken when the file is damaged or its tables contradict one another."""
    condition = SqliteCare(database).check()
    must(not condition.faults, f"{database.name} is damaged: {', '.join(condition.faults)}")
    return dict(condition.counts)
