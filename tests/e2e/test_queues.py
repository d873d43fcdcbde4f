"""Deliveries on a real server: steps that vanish and come back, a full backlog, bounds, dead letters by HTTP, and
`motia run --follow`."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.kit.project import write
from tests.kit.server import Server, motia, serving, until

BACKLOG = 60
HOUR = 3600


def event(name: str, topic: str, body: str = "pass", queue: str = "{}") -> str:
    return f"""
        import asyncio

        config = {{"type": "event", "name": "{name}", "subscribes": ["{topic}"], "emits": [],
                  "infrastructure": {{"queue": {queue}}}}}

        async def ran(context, value):
            await context.state.update("ran", "{name}", [{{"op": "append", "value": value}}])

        async def handler(input, context):
            {body}
    """


RAN = "await ran(context, input)"
OLD = event("Old", "old", RAN)
STEPS = {
    "steps/put_step.py": """
        config = {"type": "api", "name": "Put", "method": "POST", "path": "/put", "emits": []}

        async def handler(req, context):
            for one in req.body["events"]:
                await context.emit(one)
            return {"status": 202, "body": {}}
    """,
    "steps/caught_step.py": """
        config = {"type": "api", "name": "Caught", "method": "POST", "path": "/caught", "emits": []}

        async def handler(req, context):
            topic = (req.body or {}).get("topic", "later")

            async def trial(what):
                try:
                    await what
                except Exception as error:
                    return f"{type(error).__name__}: {error}"

            async def block(t):
                await t.state.set("full", "block", 1)
                await t.emit({"topic": topic, "data": 1})

            return {"emit": await trial(context.emit({"topic": topic, "data": 1})),
                    "transaction": await trial(context.transaction(block)),
                    "kept": await context.state.get("full", "block")}
    """,
    "steps/look_step.py": """
        config = {"type": "api", "name": "Look", "method": "GET", "path": "/look/:group/:key", "emits": []}

        async def handler(req, context):
            return {"status": 200, "body": {"value": await context.state.get(req.params["group"], req.params["key"])}}
    """,
    "steps/old_step.py": OLD,
    "steps/new_step.py": event("New", "new", RAN, '{"type": "fifo"}'),
    "steps/later_step.py": event("Later", "later"),
    "steps/slow_step.py": event(
        "Slow", "slow", "await asyncio.sleep(60)", '{"visibilityTimeout": 0.5, "maxRetries": 0}'
    ),
    "steps/failing_step.py": event("Failing", "failing", "raise ValueError('no')", '{"maxRetries": 0}'),
    "steps/handle_step.py": """
        config = {"type": "event", "name": "handle-step-error", "subscribes": [], "emits": []}

        async def handler(input, context):
            await context.state.set("told", input["stepId"], input["error"]["message"])
    """,
    "steps/starter_step.py": """
        config = {"type": "event", "name": "Starter", "subscribes": ["start"], "emits": ["old", "failing"]}

        async def handler(input, context):
            await context.emit({"topic": "old", "data": "followed", "delay": 0.3})
            await context.emit({"topic": "failing", "data": 1})
            return "started"
    """,
    "motia.toml": f"[queue]\nbacklog = {BACKLOG}\n",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = write(tmp_path_factory.mktemp("queues"), STEPS)
    with serving(folder) as running:
        yield running


def rows(server: Server) -> dict[str, dict[str, Any]]:
    answer = server.get("/__motia/api/queues")
    assert answer.status == 200, answer
    return {row["step"]: row for row in answer.json}


def look(server: Server, group: str, key: str) -> Any:
    return server.get(f"/look/{group}/{key}").json["value"]


def served(server: Server) -> None:
    """The step `Old` is back."""
    write(server.project, {"steps/old_step.py": OLD})
    until(lambda: server.post("/__motia/api/run", {"step": "Old", "input": "served"}).json.get("error") is None)


def put(server: Server, topic: str, *data: object, **more: object) -> None:
    events = [{"topic": topic, "data": one, **more} for one in data]
    assert server.post("/put", {"events": events}).status == 202


@contextmanager
def paused(server: Server, step: str) -> Iterator[None]:
    """What is put meanwhile waits, however long the rest takes."""
    assert server.post("/__motia/api/queues/pause", {"step": step}).status == 200
    yield
    assert server.post("/__motia/api/queues/resume", {"step": step}).status == 200


def gone(server: Server, name: str) -> None:
    """Once the file is no more; nothing may run before that is noticed, so hold or delay what waits."""
    (server.project / "steps" / name).unlink()
    until(lambda: "Old" not in {step["name"] for step in server.get("/__motia/api/steps").json["items"]})


def test_what_waits_for_a_step_that_is_no_more_is_kept_and_runs_when_it_comes_back(server: Server) -> None:
    with paused(server, "Old"):
        put(server, "old", "back")
        gone(server, "old_step.py")
    until(lambda: (row := rows(server)["Old"])["state"] == "orphaned" and row["ready"] == 1)
    shown = motia(server.project, "queues")
    assert shown.returncode == 0
    assert "orphaned" in shown.stdout and "motia queues redirect 'Old' STEP" in shown.stdout
    write(server.project, {"steps/old_step.py": OLD})
    until(lambda: look(server, "ran", "Old") == ["back"])
    assert "Old" not in rows(server)


def test_it_is_redirected_by_hand_in_the_order_of_its_groups(server: Server) -> None:
    with paused(server, "Old"):
        put(server, "old", 1, 2, 3, messageGroupId="g")
        gone(server, "old_step.py")
    for name, said in (("Nowhere", "no step is called"), ("Put", "only event steps take events")):
        refused = server.post("/__motia/api/queues/redirect", {"step": "Old", "to": name})
        assert said in refused.json["error"], refused
    moved = motia(server.project, "queues", "redirect", "Old", "New")
    assert (moved.returncode, moved.stdout) == (0, "3 deliveries wait for New now\n"), moved
    assert until(lambda: len(found := look(server, "ran", "New") or []) == 3 and found) == [1, 2, 3]


def test_it_is_discarded_by_hand_and_only_when_nobody_serves_it(server: Server) -> None:
    served(server)
    put(server, "old", 1, 2, delay=HOUR)
    answer = server.post("/__motia/api/queues/discard", {"step": "Old"})
    assert (answer.status, "Old is no orphan" in answer.json["error"]) == (400, True), answer
    gone(server, "old_step.py")
    answer = server.post("/__motia/api/queues/discard", {"step": "Old"})
    assert (answer.status, answer.json) == (200, {"discarded": 2})
    assert "Old" not in rows(server)
    served(server)


def test_a_delivery_is_held_no_longer_than_its_visibility_timeout(server: Server) -> None:
    put(server, "slow", 1)
    letter = until(lambda: server.get("/__motia/api/dead?step=Slow").json)[0]
    assert (letter["reason"], letter["attemptsMade"]) == ("failed", 1)
    assert "deadline" in letter["failureReason"].lower()
    assert server.post("/__motia/api/dead/discard", {"step": "Slow"}).json == {"discarded": 1}


@pytest.mark.rows(100)
def test_dead_letters_by_http(server: Server) -> None:
    put(server, "failing", {"n": 1})
    [letter] = until(lambda: server.get("/__motia/api/dead", timeout=5).json)
    assert (letter["originalEvent"]["data"], letter["failureReason"]) == ({"n": 1}, "no")
    assert server.post("/__motia/api/dead/redrive", {}).status == 400
    assert server.post("/__motia/api/dead/redrive", {"ids": [letter["id"]]}).json == {"redriven": 1}
    until(lambda: [one["id"] for one in server.get("/__motia/api/dead").json] == [letter["id"]])
    assert server.post("/__motia/api/dead/discard", {"ids": [letter["id"], 10**9]}).json == {"discarded": 1}
    assert server.get("/__motia/api/dead").json == []


def test_a_run_by_hand_follows_what_it_set_off_and_nothing_else(server: Server) -> None:
    put(server, "later", 1, 2, delay=HOUR)
    began = time.monotonic()
    done = motia(server.project, "run", "Starter", "--follow")
    assert (done.returncode, json.loads(done.stdout)) == (1, "started"), done
    assert "1 of the steps it set off failed" in done.stderr
    assert "followed" in look(server, "ran", "Old")
    assert time.monotonic() - began < 30
    server.post("/__motia/api/dead/discard", {"step": "Failing"})
    assert server.post("/__motia/api/queues/discard", {"step": "Later", "force": True}).json == {"discarded": 2}


def test_a_full_backlog_refuses_emitters_and_still_buries_what_fails(server: Server) -> None:
    with paused(server, "Failing"):
        put(server, "failing", 1)
        put(server, "later", *range(BACKLOG - 1), delay=HOUR)
        assert sum(row["ready"] + row["delayed"] for row in rows(server).values()) == BACKLOG
        answer = server.post("/emit", {"topic": "later", "data": 1})
        assert (answer.status, "retry-after" in answer.headers) == (503, True), answer
        assert "deliveries wait already" in answer.json["error"]
        caught = server.post("/caught").json
        assert "deliveries wait already" in caught["emit"] and "deliveries wait already" in caught["transaction"]
        assert caught["kept"] is None, "a block that is refused leaves nothing"
        uncaught = server.post("/put", {"events": [{"topic": "later", "data": 1}]})
        assert (uncaught.status, "retry-after" in uncaught.headers) == (503, True), uncaught
    until(lambda: server.get("/__motia/api/dead?step=Failing").json)
    until(lambda: look(server, "told", "Failing") == "no")
    assert server.post("/__motia/api/queues/discard", {"step": "Later", "force": True}).json == {
        "discarded": BACKLOG - 1
    }
    put(server, "later", 1)


def test_the_topic_of_ticks_is_nobody_elses(server: Server) -> None:
    put(server, "@ticks", 1)
    assert server.post("/emit", {"topic": "@tick", "data": 1}).json["deliveries"] == 0
    caught = server.post("/caught", {"topic": "@tick"}).json
    assert "belongs to the runs of cron steps" in caught["emit"], caught
    assert "belongs to the runs of cron steps" in caught["transaction"], caught


def test_a_letter_that_is_redriven_beside_a_server_runs_at_once(tmp_path: Path) -> None:
    steps = {name: STEPS[name] for name in ("steps/put_step.py", "steps/failing_step.py", "steps/old_step.py")}
    with serving(write(tmp_path, {**steps, "motia.toml": "[queue]\npoll = 3600\n"})) as server:
        put(server, "old", 1, delay=HOUR)
        put(server, "failing", 1)
        [letter] = until(lambda: server.get("/__motia/api/dead").json)
        for chosen in ([str(letter["id"])], ["--step", "Failing"]):
            done = motia(server.project, "dead", "redrive", *chosen)
            assert (done.returncode, done.stdout) == (0, "1 delivery waits again\n"), done
            again = until(lambda: server.get("/__motia/api/dead").json)[0]  # nobody polls within this test
            assert again["failureTimestamp"] > letter["failureTimestamp"]
            letter = again
    (server.project / "steps" / "old_step.py").unlink()
    with serving(server.project) as server:
        told = "1 delivery waits for steps that are no more (Old): motia queues"
        assert until(lambda: told in server.output)
        assert "from an earlier run" not in server.output


def test_without_a_server_the_files_say_what_is_an_orphan(tmp_path: Path) -> None:
    project = write(tmp_path, {"steps/new_step.py": STEPS["steps/new_step.py"], "steps/old_step.py": OLD})
    write(project, {"steps/put_step.py": STEPS["steps/put_step.py"]})
    with serving(project) as server:
        put(server, "old", 1, 2, delay=HOUR)
    (project / "steps" / "old_step.py").unlink()
    [row] = json.loads(motia(project, "queues", "list", "--json").stdout)
    assert (row["step"], row["state"], row["delayed"]) == ("Old", "orphaned", 2)
    assert motia(project, "queues", "redirect", "Old", "New").stdout == "2 deliveries wait for New now\n"
