"""Two servers on one database file share the work: no delivery and no tick runs twice, and the death of one loses nothing."""

from __future__ import annotations

import json
from pathlib import Path

from tests.kit.project import write
from tests.kit.server import motia, serving, until

WORK = {
    "steps/work_step.py": """
        import asyncio, os

        config = {"type": "event", "name": "Work", "subscribes": ["work"], "emits": [],
                  "infrastructure": {"queue": {"concurrency": 4}}}

        async def handler(input, context):
            await asyncio.sleep(0.01)
            await context.state.update("ran", str(input["n"]), [{"op": "append", "value": os.getppid()}])
    """,
    "steps/tick_step.py": """
        config = {"type": "cron", "name": "EverySecond", "cron": "* * * * * *", "emits": []}

        async def handler(context):
            at = context.utils.dates.now().replace(microsecond=0).isoformat()
            await context.state.update("ticks", at, [{"op": "increment"}])
    """,
}


def project(folder: Path, database: Path) -> Path:
    return write(folder, {**WORK, "motia.toml": f'[database]\nurl = "sqlite:///{database}"\n[queue]\nlease = 1.5\n'})


def rows(folder: Path, group: str) -> dict[str, object]:
    done = motia(folder, "state", "list", group, "--json")
    return {row["key"]: row["value"] for row in json.loads(done.stdout)}


def test_work_and_ticks_are_shared(tmp_path: Path) -> None:
    database = tmp_path / "shared.db"
    one, two = project(tmp_path / "one", database), project(tmp_path / "two", database)
    with serving(one) as first, serving(two) as second:
        for n in range(120):
            server = (first, second)[n % 2]
            assert server.post("/emit", {"topic": "work", "data": {"n": n}}).status == 200
        ran = until(lambda: len(found := rows(one, "ran")) == 120 and found)
        owners = [pids for pids in ran.values() if isinstance(pids, list)]
        assert all(len(pids) == 1 for pids in owners)
        assert {pids[0] for pids in owners} == {first.process.pid, second.process.pid}
        ticks = until(lambda: len(found := rows(one, "ticks")) >= 3 and found)
        assert set(ticks.values()) == {1}


def test_the_death_of_one_server_loses_nothing(tmp_path: Path) -> None:
    database = tmp_path / "shared.db"
    one, two = project(tmp_path / "one", database), project(tmp_path / "two", database)
    with serving(one) as first, serving(two):
        for n in range(60):
            assert first.post("/emit", {"topic": "work", "data": {"n": n}}).status == 200
        first.kill()
        until(lambda: len(rows(two, "ran")) == 60)
