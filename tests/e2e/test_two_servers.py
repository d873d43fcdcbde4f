"""Two servers on one database file share the work: no delivery and no tick runs twice, limits hold over both, neither
waits for its next poll, and the death of one loses nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.project import write
from tests.kit.server import Server, motia, serving, until

WORK = {
    "steps/work_step.py": """
        import asyncio, os

        config = {"type": "event", "name": "Work", "subscribes": ["work"], "emits": [],
                  "infrastructure": {"queue": {"concurrency": 8}}}

        async def handler(input, context):
            await asyncio.sleep(0.01)
            await context.state.update("ran", str(input["n"]), [{"op": "append", "value": os.getppid()}])
    """,
    "steps/narrow_step.py": """
        import asyncio, os, time

        config = {"type": "event", "name": "Narrow", "subscribes": ["narrow"], "emits": [],
                  "infrastructure": {"queue": {"concurrency": 2}}}

        async def handler(input, context):
            began = time.monotonic()
            await asyncio.sleep(0.05)
            await context.state.set("narrow", str(input["n"]), [began, time.monotonic(), os.getppid()])
    """,
    "steps/held_step.py": """
        import asyncio, os

        config = {"type": "event", "name": "Held", "subscribes": ["held"], "emits": []}

        async def handler(input, context):
            await context.state.set("held", str(input["n"]), os.getppid())
            while not os.path.exists(os.environ["GO"]):
                await asyncio.sleep(0.02)
    """,
    "steps/tick_step.py": """
        config = {"type": "cron", "name": "EverySecond", "cron": "* * * * * *", "emits": []}

        async def handler(context):
            at = context.utils.dates.now().replace(microsecond=0).isoformat()
            await context.state.update("ticks", at, [{"op": "increment"}])
    """,
    "steps/look_step.py": """
        config = {"type": "api", "name": "Look", "method": "GET", "path": "/look/:group", "emits": []}

        async def handler(req, context):
            group = req.params["group"]
            keys = await context.state.keys(group)
            return {"status": 200, "body": {key: await context.state.get(group, key) for key in keys}}
    """,
}


def project(folder: Path, database: Path, more: str = "") -> Path:
    config = f'[database]\nurl = "sqlite:///{database}"\n[queue]\nlease = 1.5\npoll = 60\nconcurrency = 1\n'
    return write(folder, {**WORK, "motia.toml": config + more})


def look(server: Server, group: str) -> dict[str, object]:
    return server.get(f"/look/{group}").json  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Server]]:
    """Their polls come once a minute: nobody may need them. The ticks of one wake only that one."""
    folder = tmp_path_factory.mktemp("two")
    one = project(folder / "one", folder / "shared.db")
    two = project(folder / "two", folder / "shared.db", "[cron]\nenabled = false\n")
    with serving(one, GO=str(folder / "go")) as first, serving(two, GO=str(folder / "go")) as second:
        yield first, second


def test_work_and_ticks_are_shared(servers: tuple[Server, Server]) -> None:
    for n in range(120):
        assert servers[n % 2].post("/emit", {"topic": "work", "data": {"n": n}}).status == 200
    ran = until(lambda: len(found := look(servers[0], "ran")) == 120 and found)
    owners = [pids for pids in ran.values() if isinstance(pids, list)]
    assert all(len(pids) == 1 for pids in owners)
    assert {pids[0] for pids in owners} == {one.process.pid for one in servers}
    ticks = until(lambda: len(found := look(servers[0], "ticks")) >= 3 and found)
    assert set(ticks.values()) == {1}


def test_who_is_free_starts_what_another_has_taken_in(servers: tuple[Server, Server]) -> None:
    """Each runs one of them at a time, and both are given to the first."""
    for n in range(2):
        assert servers[0].post("/emit", {"topic": "held", "data": {"n": n}}).status == 200
    held = until(lambda: len(found := look(servers[0], "held")) == 2 and found, patience=10)
    assert set(held.values()) == {one.process.pid for one in servers}
    (servers[0].project.parent / "go").touch()


def test_the_concurrency_of_a_step_holds_over_both(servers: tuple[Server, Server]) -> None:
    for n in range(24):
        assert servers[n % 2].post("/emit", {"topic": "narrow", "data": {"n": n}}).status == 200
    runs = until(lambda: len(found := look(servers[0], "narrow")) == 24 and found)
    spans = [(began, ended) for began, ended, _ in runs.values()]
    assert max(sum(began <= at < ended for began, ended in spans) for at, _ in spans) == 2


def test_the_death_of_one_server_loses_nothing(servers: tuple[Server, Server]) -> None:
    first, second = servers
    before = set(look(second, "ran"))
    for n in range(1000, 1060):
        assert first.post("/emit", {"topic": "work", "data": {"n": n}}).status == 200
    first.kill()

    def all_ran() -> bool:
        second.post("/emit", {"topic": "work", "data": {"n": 2000}})  # it looks what there is
        return len(set(look(second, "ran")) - before - {"2000"}) == 60

    until(all_ran, every=0.25)
    assert json.loads(motia(second.project, "dead", "list", "--json").stdout) == []
