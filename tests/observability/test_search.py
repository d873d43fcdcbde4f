"""`motia logs` and `motia trace` find what was recorded, and lead from one to the other."""

from __future__ import annotations

import json
import subprocess

from tests.kit.server import MOTIA, Server, environment, until

from .history import motia, order, spans, told


def test_logs_are_found_by_text_step_level_trace_and_time(shop: Server) -> None:
    trace = order(shop, "search-1")
    spans(shop, trace, 4)
    [line] = told(shop, "logs", "--grep", "order NUMBER search-1")
    assert (line["traceId"], line["step"], line["by"]) == (trace, "Order", "typescript")
    assert [one["by"] for one in told(shop, "logs", "--trace", trace)] == ["typescript", "python", "ruby", "javascript"]
    assert {one["msg"] for one in told(shop, "logs", "--step", "Pack", "--level", "warn")} == {"Packed by hand"}
    assert told(shop, "logs", "--step", "Order", "--level", "warn") == []
    assert told(shop, "logs", "--grep", "search-1", "--since", "1h") != []
    assert told(shop, "logs", "--grep", "search-1", "--until", "1h") == []
    assert told(shop, "logs", "--grep", "python", "--trace", trace)[0]["msg"] == "Taken from stock"


def test_logs_are_paged(shop: Server) -> None:
    spans(shop, order(shop, "page-1"), 4)
    first = motia(shop.project, "logs", "--limit", "2")
    assert len(first.stdout.splitlines()) == 2
    cursor = first.stderr.split("--before ")[1].split()[0]
    second = motia(shop.project, "logs", "--limit", "2", "--before", cursor)
    assert len(second.stdout.splitlines()) == 2
    assert not set(first.stdout.splitlines()) & set(second.stdout.splitlines())


def test_traces_are_found_by_step_status_and_text(shop: Server) -> None:
    lost = order(shop, "search-lost", lost=True)
    spans(shop, lost, 6)
    whole = order(shop, "search-whole")
    spans(shop, whole, 4)
    assert [one["id"] for one in told(shop, "trace", "--limit", "1")] == [whole]
    assert lost in [one["id"] for one in told(shop, "trace", "--status", "failed")]
    assert whole not in [one["id"] for one in told(shop, "trace", "--status", "failed")]
    [found, *_] = told(shop, "trace", "--grep", "the purse")
    assert (found["id"], found["error"]) == (lost, "Error: the purse is empty")
    assert told(shop, "trace", "--step", "Told")[0]["id"] == lost
    assert told(shop, "trace", "--grep", "the purse", "--until", "1h") == []
    [newest] = told(shop, "trace", "--limit", "1")
    [older] = told(shop, "trace", "--limit", "1", "--cursor", newest["cursor"])
    assert older["startTime"] <= newest["startTime"]
    assert older["id"] != newest["id"]
    assert f"motia logs --trace {lost}" in motia(shop.project, "trace", lost).stderr


def test_a_search_that_follows_sees_what_comes(shop: Server) -> None:
    command = [*MOTIA, "logs", "--follow", "--json", "--grep", "number follow-1"]
    with subprocess.Popen(command, cwd=shop.project, env=environment(), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        order(shop, "follow-0")
        trace = order(shop, "follow-1")
        line = json.loads(until(process.stdout.readline))
        assert (line["traceId"], line["msg"]) == (trace, "Order number follow-1 placed")
        process.terminate()


def test_what_cannot_be_asked_is_said(shop: Server) -> None:
    for args in (
        ["logs", "--grep", "?!"],
        ["logs", "--since", "soon"],
        ["trace", "--status", "odd"],
        ["logs", "--level", "x"],
    ):
        done = motia(shop.project, *args)
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 2), done.stderr
