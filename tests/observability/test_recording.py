"""What a trace says of a run, in four languages: who emitted it, what it called, how long it waited, what failed."""

from __future__ import annotations

import pytest

from tests.kit.server import Server, until

from .history import BOOMS, motia, order, spans, told


@pytest.mark.rows(111, 261)
def test_each_run_names_the_one_that_emitted_it(shop: Server) -> None:
    found = {one["name"]: one for one in spans(shop, order(shop, "chain-1"), 4)}
    chain = ["Order", "Stock", "Pack", "Pay"]
    assert [found[name]["parentId"] for name in chain] == [None, *(found[name]["id"] for name in chain[:3])]
    assert [found[name]["language"] for name in chain] == ["typescript", "python", "ruby", "javascript"]
    assert all(found[name]["worker"] and found[name]["attempt"] == 1 for name in chain)
    assert [found[name]["topic"] for name in chain] == [None, "order.placed", "order.stocked", "order.packed"]
    assert [line["by"] for name in chain for line in found[name]["logs"] if "by" in line] == [
        "typescript", "python", "ruby", "javascript",
    ]  # fmt: skip


def test_calls_are_kept_by_key_and_size_without_their_values(shop: Server) -> None:
    trace = order(shop, "calls-1")
    [first, *_] = spans(shop, trace, 4)
    put, got, emitted = first["events"]
    assert (put["type"], put["operation"], put["success"]) == ("state", "set", True)
    assert put["data"] == {"group": "orders", "key": "calls-1", "size": 42}
    assert (got["operation"], got["data"]["found"]) == ("get", False)
    assert emitted["type"] == "emit"
    assert emitted["data"] == {"topic": "order.placed", "deliveries": 1, "size": 16}
    assert "kept out of traces" not in motia(shop.project, "trace", trace).stdout


def test_attempts_and_the_failure_step_hang_on_what_caused_them(shop: Server) -> None:
    found = spans(shop, order(shop, "lost-1", lost=True), 6)
    pack = next(one for one in found if one["name"] == "Pack")
    pays = [one for one in found if one["name"] == "Pay"]
    assert [(one["attempt"], one["status"], one["parentId"]) for one in pays] == [
        (1, "failed", pack["id"]),
        (2, "failed", pack["id"]),
    ]
    assert pays[0]["wait"] < 10_000
    assert pays[1]["error"]["source"] == "steps/pay.step.js:8"
    [last] = [one for one in found if one["name"] == "Told"]
    assert last["parentId"] == pays[1]["id"]
    shown = motia(shop.project, "trace", last["parentTraceId"]).stdout
    for words in (
        "attempt 2",
        "the purse is empty  at steps/pay.step.js:8",
        "emit order.packed",
        "log Paying",
        "Pay gave up",
    ):
        assert words in shown, shown


@pytest.mark.parametrize("language", BOOMS)
def test_an_error_names_the_line_its_author_wrote(shop: Server, language: str) -> None:
    answer = shop.get(f"/boom/{language}")
    assert answer.status == 500
    [one] = spans(shop, answer.headers["x-trace-id"], 1)
    assert one["error"]["source"] == BOOMS[language]
    assert "boom 1" in one["error"]["message"]


def test_a_cron_step_begins_a_trace(shop: Server) -> None:
    assert motia(shop.project, "run", "Nightly").returncode == 0
    [trace, *_] = told(shop, "trace", "--step", "Nightly")
    found = spans(shop, trace["id"], 4)
    assert [(one["name"], one["entryPoint"]["type"]) for one in found][:2] == [("Nightly", "cron"), ("Stock", "event")]
    assert found[1]["parentId"] == found[0]["id"]


def test_what_still_runs_is_there_with_what_it_did(shop: Server) -> None:
    trace = shop.post("/emit", {"topic": "slow", "data": 1}).json["traceId"]
    running = until(lambda: told(shop, "trace", "--status", "running"), every=0.1)
    assert [(one["id"], one["name"], one["status"]) for one in running] == [(trace, "Slow", "running")]
    [one] = told(shop, "trace", trace)
    assert one["endTime"] is None
    assert one["worker"]
    assert one["events"][0]["data"]["key"] == "began"
    motia(shop.project, "state", "set", "slow", "end", "1")
    assert [one["status"] for one in spans(shop, trace, 1)] == ["completed"]
    assert trace not in [one["id"] for one in told(shop, "trace", "--status", "running")]


def test_an_emit_from_outside_has_one_trace_id(shop: Server) -> None:
    answer = shop.post("/emit", {"topic": "order.packed", "data": {}})
    assert answer.headers["x-trace-id"] == answer.json["traceId"]
    assert spans(shop, answer.json["traceId"], 1)[0]["name"] == "Pay"


def test_the_server_says_what_it_holds_and_dropped(shop: Server) -> None:
    told = shop.get("/__motia/api/recording").json
    assert told["dropped"] == {"spans": 0, "logs": 0, "inputs": 0}
    assert 0 < told["held"]["size"] < told["most"]["size"]
