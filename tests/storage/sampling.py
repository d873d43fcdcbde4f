"""What each stored sample of a database holds: written through the store, dumped as SQL, and looked for after an upgrade.

`python -m tests.storage.sampling` dumps samples of the newest schemas; do so once for each schema that is released, and
never again for that one: a sample is what somebody's file looks like.
"""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from motia_core.clock import Clock
from motia_core.config import Durability
from motia_core.model import LogRecord, Span
from motia_core.storage.base import Storage
from motia_core.storage.open import open_storage
from motia_core.storage.sqlite.migrations import steps

from .deliveries import FAILURE, claim, emission, put

SAMPLES = Path(__file__).parent / "samples"
FILES = {"schema": "motia.db", "schema_traces": "motia.traces.db"}
FAR = 4_102_444_800_000


def sample(schema: str, number: int) -> Path:
    return SAMPLES / f"{schema}-{number:04}.sql"


async def open_in(folder: Path) -> Storage:
    return await open_storage("sqlite:motia.db", folder, folder, durability=Durability(), clock=Clock())


async def fill(storage: Storage) -> None:
    await storage.state.set("orders", "a:1", '{"total":12.5,"name":"été"}'.encode(), now=0)
    await storage.state.set("orders", "late", b"1", now=0, expires=FAR)
    await storage.stream("chat").set("room", "m1", b'{"text":"hi","id":"m1"}', now=0)
    await put(storage, emission("doomed", data=b"0"))
    doomed = await claim(storage, "doomed")
    await storage.events.bury(doomed[0].id, owner="me", reason="retries", failure=FAILURE, now=1000)
    await put(storage, emission("mail", "audit", data=b'{"n":1}', dedup="once-1"))
    await put(storage, *(emission("ship", group="g", fifo=True, data=str(n).encode()) for n in range(2)))
    await put(storage, emission("later", due=FAR))
    mail = await claim(storage, "mail")
    await storage.events.retry(mail[0].id, owner="me", due=5, failure=FAILURE)
    await claim(storage, "audit", owner="dead server", lease=2000)
    await storage.events.tick("nightly", 7, None, now=7)
    span = Span(id="s1", trace_id="T-1", name="mail", kind="event", status="completed", start=5)
    await storage.traces.add([span], [LogRecord(id="l1", time=5, level="info", msg="hello", trace_id="T-1")])


async def look(storage: Storage) -> None:
    """Everything `fill` wrote is there and works on."""
    assert await storage.state.get("orders", "a:1", now=1) == '{"total":12.5,"name":"été"}'.encode()
    assert await storage.state.get("orders", "late", now=FAR + 1) is None
    assert [item.value for item in await storage.stream("chat").group("room", now=1)] == [b'{"text":"hi","id":"m1"}']
    dead = await storage.events.dead()
    assert [(one.step, one.reason, one.attempts) for one in dead] == [("doomed", "retries", 1)]
    backlog = {one.step: one for one in await storage.events.backlog(now=3000)}
    assert (backlog["ship"].ready, backlog["ship"].blocked, backlog["later"].delayed) == (1, 1, 1)
    again = (await claim(storage, "mail", now=3000, lease=9000))[0]
    assert (again.attempt, bytes(again.data)) == (2, b'{"n":1}')
    suspect = (await claim(storage, "audit", now=3000, lease=9000))[0]
    assert (suspect.attempt, suspect.suspect, suspect.lost, suspect.deaths) == (2, True, 1, 0)
    for expected in (b"0", b"1"):
        front = await claim(storage, "ship", now=3000, lease=9000)
        assert [bytes(one.data) for one in front] == [expected]
        await storage.events.ack([front[0].id], owner="me")
    [repeated] = await storage.events.put([emission("mail", dedup="once-1")], limit=100)
    assert repeated.duplicate
    assert await storage.events.redrive([dead[0].id], now=3000) == 1
    assert await storage.events.tick("nightly", 7, None, now=7) == "taken"
    assert [span.name for span in await storage.traces.trace("T-1")] == ["mail"]
    assert [log.msg for _, log in await storage.traces.logs()] == ["hello"]


def build(schema: str, number: int, folder: Path) -> None:
    """The sample as a file in `folder`."""
    with closing(sqlite3.connect(folder / FILES[schema])) as db:
        db.executescript(sample(schema, number).read_text("utf-8"))


def _dump(path: Path) -> str:
    with closing(sqlite3.connect(path)) as db:
        pragmas = (f"PRAGMA {name} = {db.execute(f'PRAGMA {name}').fetchone()[0]};" for name in _KEPT)
        return "\n".join([*pragmas, *db.iterdump()]) + "\n"


_KEPT = ("application_id", "user_version")


async def _main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        storage = await open_in(folder)
        await fill(storage)
        await storage.close()
        for schema, file in FILES.items():
            target = sample(schema, steps(schema)[-1][0])
            if target.exists():
                print(f"{target.name} is there already: a sample of a released schema stays as it is")
            else:
                target.write_text(_dump(folder / file), "utf-8")


if __name__ == "__main__":
    asyncio.run(_main())
