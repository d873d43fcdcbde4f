"""Who may connect and who may join: the project's functions, asked in real workers. Whatever goes wrong is a no."""

from __future__ import annotations

import json
from pathlib import Path

import anyio
import pytest

from motia_core.app.manual import run_by_hand
from motia_core.errors import AccessRefused
from motia_core.streams.access import Auth
from tests.kit.project import write
from tests.kit.server import motia
from tests.streams.projects import ANN, BOB, CONFIGS, GUARDED, SECRET, WRONG, Running, guarded, running

pytestmark = pytest.mark.anyio
AS_ANN = Auth(b'{"user":"ann","token":"%b"}' % ANN.encode())
AS_BOB = Auth(b'{"user":"bob","token":"%b"}' % BOB.encode())
NOBODY = Auth(b"null")


NEW = f"new-{SECRET}"


async def connects(site: Running, token: str | None, **headers: str) -> Auth | None:
    try:
        return await site.access.connect(headers, "/" if token is None else f"/any?authToken={token}")
    except AccessRefused:
        return None


@pytest.mark.parametrize("config", CONFIGS)
async def test_who_may_connect(tmp_path: Path, config: str) -> None:
    async with running(guarded(tmp_path, config, streams=())) as site:
        ann = await connects(site, ANN)
        assert ann is not None and json.loads(ann.context or b"") == {"user": "ann", "token": ANN}
        assert await connects(site, None) == Auth(b"null")
        offered = {"Sec-WebSocket-Protocol": f"Authorization,{BOB}"}
        assert json.loads((await site.access.connect(offered, "/")).context or b"")["user"] == "bob"
        seen = await site.access.connect({"X-Mine": "é", "COOKIE": "a=1"}, "/p/q?authToken=seen&a=%C3%A9")
        assert json.loads(seen.context or b"") == {
            "headers": {"x-mine": "é", "cookie": "a=1"},
            "url": "/p/q?authToken=seen&a=%C3%A9",
        }
        for token in (WRONG, "huge", "vast", "cycle", "exit", "hang", "kill"):
            assert await connects(site, token) is None, token
        # A name given twice must not let one reader see another token than the next.
        assert await connects(site, f"{ANN}&authToken=x") in (None, ann)
        assert await connects(site, ANN) == ann
        # Our own pages have no token of the project's; only an admin may come that way.
        ours = f"/__motia/live?authToken={WRONG}"
        assert await site.access.connect({}, ours, admin=True) == Auth(None, True)
        others = (ours, False), (ours[1:], True), (f"/x{ours}", True), (f"/__motia?authToken={WRONG}", True)
        for target, admin in others:
            with pytest.raises(AccessRefused):
                await site.access.connect({}, target, admin=admin)
        assert SECRET not in site.said
        assert "authenticate" in site.said and config in site.said


@pytest.mark.parametrize("stream", GUARDED)
async def test_who_may_join(tmp_path: Path, stream: str) -> None:
    async with running(guarded(tmp_path, None, streams=[stream]), **{"streams.accessTimeout": 1.0}) as site:
        may_join = site.access.may_join
        assert [await may_join(stream, "g", None, who) for who in (AS_ANN, AS_BOB, NOBODY)] == [True, False, False]
        assert [await may_join(stream, "g", "bob", who) for who in (AS_ANN, AS_BOB, NOBODY)] == [False, True, False]
        assert [await may_join(stream, "none", None, who) for who in (AS_ANN, NOBODY)] == [False, True]
        expected = {"slow": True, "truthy": True, "falsy": False, "huge": True, "throw": False, "exit": False}
        for group, allowed in expected.items():
            assert await may_join(stream, group, None, AS_ANN) is allowed, group
        for group in ("hang", "kill"):
            assert not await may_join(stream, group, None, AS_ANN), group
        assert await may_join(stream, "g", None, AS_ANN)
        assert SECRET not in site.said
        assert site.said.count(f"the stream '{stream}' was not opened to a client") >= 4


async def test_streams_without_rules_and_hidden_ones(tmp_path: Path) -> None:
    async with running(guarded(tmp_path, None, nobody="undefined")) as site:
        access = site.access
        who = await access.connect({}, "/?authToken=anything")
        assert who == Auth(None, False)
        assert await access.may_join("open", "g", "i", who)
        assert not await access.may_join("nothing", "g", None, who)
        # No file declares a hidden stream, so no rule of the project's opens one.
        for name in ("__motia.logs", "motia-trace", "motia-trace-group", "__motia.nothing"):
            assert not await access.may_join(name, "default", None, who), name
        # Being an admin opens no stream of the project's.
        assert not await access.may_join("node", "g", None, Auth(None, True))
        # Without streamAuth there is no context at all.
        for stream in GUARDED:
            assert await access.may_join(stream, "none", None, who), stream


async def test_questions_that_hang_leave_room_for_everything_else(tmp_path: Path) -> None:
    project = write(
        guarded(tmp_path, None, streams=["python", "python_async"]),
        {
            "steps/work_step.py": """
                config = {"type": "event", "name": "Work", "subscribes": ["work"], "emits": []}
                def handler(input, context):
                    return "done"
            """
        },
    )
    async with running(project, **{"workers.cancelGrace": 0.7, "streams.accessTimeout": 0.7}) as site:
        verdicts: list[bool] = []

        async def hang() -> None:
            verdicts.append(await site.access.may_join("python", "hang", None, AS_ANN))

        def busy() -> int:
            return sum(worker.in_flight for pool in site.app.parts.fleet.statuses() for worker in pool.workers)

        async with anyio.create_task_group() as group:
            for _ in range(20):
                group.start_soon(hang)
            await site.until(busy)
            assert busy() == 16  # half of streams.accessAtOnce, one file's share
            with anyio.fail_after(5):
                assert await site.access.may_join("python_async", "g", None, AS_ANN)
                outcome = await run_by_hand(site.app.parts, "Work", None, follow=False)
                assert (outcome.result, outcome.error) == ("done", None)
            await site.until(lambda: len(verdicts) == 16)
            await anyio.sleep(0.1)
            assert busy() == 16, "what was not answered in time still runs"
            # A worker in which nothing else runs makes room; then the others have their turn.
            assert await site.access.may_join("python", "g", None, AS_ANN)
            group.cancel_scope.cancel()
        assert not any(verdicts)


@pytest.mark.parametrize(
    ("stream", "file"), [("node", "node.stream.ts"), ("python", "python_stream.py"), ("ruby", "ruby_stream.rb")]
)
async def test_a_save_counts_at_once(tmp_path: Path, stream: str, file: str) -> None:
    project = guarded(tmp_path, None, streams=[stream])
    path = project / "steps" / file
    before = path.read_text("utf-8")
    async with running(project, watch=True) as site:

        async def verdict() -> bool:
            return await site.access.may_join(stream, "g", None, AS_BOB)

        assert not await verdict()
        number = site.app.snapshot.streams[stream].snapshot
        path.write_text(before.replace("ann", "bob"), "utf-8")
        await site.until(lambda: site.app.snapshot.streams[stream].snapshot != number)
        assert await verdict()
        path.write_text("what is this? (", "utf-8")
        await site.until(lambda: site.app.snapshot.broken)
        assert await verdict(), "the last good version decides"
        path.write_text(before, "utf-8")
        await site.until(lambda: not site.app.snapshot.broken)
        assert not await verdict()


async def test_a_broken_stream_without_a_good_version_is_closed(tmp_path: Path) -> None:
    write(tmp_path, {"steps/python_stream.py": "what is this? ("})
    async with running(tmp_path) as site:
        assert not await site.access.may_join("python", "g", None, AS_ANN)


async def test_a_saved_configuration_is_asked_from_then_on(tmp_path: Path) -> None:
    project = guarded(tmp_path, "motia_config.py", streams=())
    renewed: list[int] = []
    async with running(project, watch=True) as site:
        site.access.on_renewal(lambda: renewed.append(1))
        assert await connects(site, ANN) is not None
        path = project / "motia_config.py"
        good = path.read_text("utf-8")
        path.write_text(good.replace("ann|bob", "bob|new"), "utf-8")
        await site.until(lambda: renewed)
        assert await connects(site, ANN) is None
        assert await connects(site, NEW) is not None
        path.write_text("config = {'streamAuth': {'authenticate': 'yes'}}", "utf-8")
        await site.until(lambda: any(one.code == "bad_config" for one in site.app.snapshot.problems))
        assert await connects(site, WRONG) is None
        assert await connects(site, NEW) is not None, "the last good configuration serves on"
        path.write_text(good, "utf-8")
        await site.until(lambda: len(renewed) == 2)
        assert await connects(site, ANN) is not None


ONCE = """
    import os
    if os.path.exists("loaded"):
        raise RuntimeError("only once")
    open("loaded", "w").close()
    config = {"streamAuth": {"authenticate": lambda request: {}}}
"""


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        (
            "motia.config.ts",
            "import './nothing'\nexport default { streamAuth: { authenticate: () => null } }",
            "nothing",
        ),
        ("motia_config.py", ONCE, "only once"),
        ("motia_config.rb", "def config = { stream_auth: { authenticate: 1 / 0 } }", "divided by 0"),
    ],
)
def test_without_its_guard_nothing_starts(tmp_path: Path, name: str, text: str, why: str) -> None:
    project = write(tmp_path, {name: text, "steps/open_stream.py": "config = {'name': 'open', 'schema': {}}"})
    done = motia(project, "dev", "--port", "0", timeout=30)
    errors = [line for line in done.stderr.splitlines() if line.startswith("error")]
    assert (done.returncode, len(errors)) == (1, 1), done.stderr
    assert why in done.stderr and name in done.stderr


def test_errors_of_a_served_project_tell_only_their_names(tmp_path: Path) -> None:
    async def look() -> None:
        async with running(guarded(tmp_path, "motia_config.py", streams=["python"]), mode="start") as site:
            assert await connects(site, WRONG) is None
            assert not await site.access.may_join("python", "throw", None, AS_ANN)
            assert "failed: ValueError" in site.said and "failed: TypeError" in site.said
            assert "unknown token" not in site.said and "no ann" not in site.said

    anyio.run(look)
