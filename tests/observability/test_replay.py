"""`motia replay` runs again what was recorded, and nobody but the run sees what it was given."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from motia_core.errors import ServerUnreachable
from tests.kit.project import write
from tests.kit.server import Server, serving

from .history import motia, order, spans, told

PRIVATE = "zaphod-private-7"


def test_a_trace_is_run_again_in_a_new_one(shop: Server) -> None:
    old = order(shop, "replay-1")
    [root, *_] = spans(shop, old, 4)
    again = told(shop, "replay", old)
    assert again["runs"][0]["result"]["body"] == {"placed": "replay-1"}
    assert again["traceId"] != old
    found = spans(shop, again["traceId"], 4)
    assert [one["name"] for one in found] == ["Order", "Stock", "Pack", "Pay"]
    assert [one["replayOf"] for one in found] == [f"{old}/{root['id']}", None, None, None]
    assert f"replay of {old}" in motia(shop.project, "trace", again["traceId"]).stdout


def test_one_step_is_run_again_with_what_it_was_given_or_something_else(shop: Server) -> None:
    pays = [one for one in spans(shop, order(shop, "replay-2", lost=True), 6) if one["name"] == "Pay"]
    failed = motia(shop.project, "replay", pays[0]["id"])
    assert failed.returncode == 1
    assert "the purse is empty" in failed.stderr
    trace = failed.stderr.split("trace ")[1].split()[0]
    assert [(one["name"], one["attempt"]) for one in spans(shop, trace, 1)] == [("Pay", 1)]
    mended = motia(shop.project, "replay", pays[0]["id"], "--input", '{"id": "replay-2"}')
    assert mended.returncode == 0, mended.stderr


def test_an_input_that_is_no_request_is_refused_in_words(shop: Server) -> None:
    [root, *_] = spans(shop, order(shop, "replay-4"), 4)
    for odd in ('{"params": 5}', '{"headers": {"a": 1}}', '{"body": {}, "query": [1]}'):
        for command in (("replay", root["id"]), ("run", "Order")):
            with pytest.raises(ServerUnreachable, match="^the input is no request of Order: Expected"):
                motia(shop.project, *command, "--input", odd)


def test_a_cron_run_is_run_again(shop: Server) -> None:
    assert motia(shop.project, "run", "Nightly").returncode == 0
    [trace, *_] = told(shop, "trace", "--step", "Nightly")
    again = told(shop, "replay", trace["id"])
    assert [one["name"] for one in spans(shop, again["traceId"], 4)][:2] == ["Nightly", "Stock"]


def test_dry_says_what_would_run_and_runs_nothing(shop: Server) -> None:
    old = order(shop, "replay-3")
    spans(shop, old, 4)
    newest = told(shop, "trace", "--limit", "1")
    said = told(shop, "replay", old, "--dry")
    assert said["traceId"] is None
    [run] = said["runs"]
    assert (run["step"], run["kind"], run["file"]) == ("Order", "api", "steps/order.step.ts")
    assert run["size"] > 100
    assert told(shop, "trace", "--limit", "1") == newest


def test_an_input_that_is_not_there_whole_is_not_replayed(shop: Server) -> None:
    trace = order(shop, "large", more="x" * 300_000)
    spans(shop, trace, 4)
    refused = motia(shop.project, "replay", trace)
    assert refused.returncode == 1
    assert "too large to keep (replay.largest)" in refused.stderr
    dry = motia(shop.project, "replay", trace, "--dry")
    assert dry.returncode == 1
    assert "replay.largest" in dry.stdout
    unknown = motia(shop.project, "replay", "NOBODY-1")
    assert (unknown.returncode, "nothing is recorded" in unknown.stderr) == (1, True)


def test_an_input_is_shown_by_nothing(shop: Server) -> None:
    trace = order(shop, "private", lost=False, more=PRIVATE)
    found = spans(shop, trace, 4)
    with closing(sqlite3.connect(shop.project / ".motia" / "motia.traces.db")) as db:
        kept = b"".join(body for (body,) in db.execute("SELECT body FROM packs"))
    assert kept.count(PRIVATE.encode()) == 4
    commands = [
        ["trace"], ["trace", "--json"], ["trace", trace], ["trace", trace, "--json"], ["logs", "--trace", trace],
        ["logs", "--trace", trace, "--json"], ["logs", "--grep", PRIVATE, "--json"], ["replay", trace, "--dry"],
        ["replay", trace, "--dry", "--json"], ["replay", found[1]["id"], "--dry", "--json"],
    ]  # fmt: skip
    for command in commands:
        done = motia(shop.project, *command)
        assert PRIVATE not in done.stdout + done.stderr, command
    for path in ("/__motia/api/recording", "/metrics", "/__motia/api/stats", "/health"):
        assert PRIVATE.encode() not in shop.get(path).body
    dry = shop.post("/__motia/api/replay", {"id": trace, "dry": True})
    assert dry.status == 200
    assert PRIVATE not in json.dumps(dry.json)
    assert PRIVATE not in shop.output


def test_a_server_of_others_keeps_no_inputs_unless_it_is_told_to(tmp_path: Path) -> None:
    step = """
        config = {"type": "api", "name": "Greet", "method": "GET", "path": "/greet", "emits": []}

        async def handler(req, context):
            return {"status": 200, "body": {}}
        """
    with serving(write(tmp_path, {"steps/greet_step.py": step}), "start") as server:
        trace = server.get("/greet").headers["x-trace-id"]
        refused = motia(tmp_path, "replay", trace)
    assert (refused.returncode, "replay.store is off" in refused.stderr) == (1, True)
    with closing(sqlite3.connect(tmp_path / ".motia" / "motia.traces.db")) as db:
        assert db.execute("SELECT count(*) FROM packs").fetchone()[0] == 0
