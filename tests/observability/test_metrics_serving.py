"""`/metrics` and `motia stats` of a real server, after things have really happened."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text

from tests.kit.project import write
from tests.kit.server import Server, motia, serving, until
from tests.observability.counted import FILES

Numbers = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(write(tmp_path_factory.mktemp("counted"), FILES)) as server:
        for path in ("/greet/ann", "/greet/bob", "/greet/nobody", "/nowhere/1", "/nowhere/2"):
            server.get(path)
        server.request("QUERY", "/greet/ann")
        for topic in ("flaky", "doomed"):
            assert server.post("/send", {"topic": topic}).status == 202
        assert server.post("/send", {"topic": "later", "delay": 300}).status == 202
        assert server.post("/send", {}).status == 400
        until(lambda: value(server, "motia_dead_letters", step="Doomed") == 1)
        until(lambda: value(server, "motia_invocations_total", step="Flaky", kind="event", outcome="completed") == 1)
        yield server


def numbers(server: Server) -> Numbers:
    answer = server.get("/metrics")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in read_text(answer.body.decode())
        for sample in family.samples
    }


def value(server: Server, name: str, **labels: str) -> float | None:
    return numbers(server).get((name, frozenset(labels.items())))


def test_requests_are_counted_by_step_method_and_class(server: Server) -> None:
    found = {
        (labels["step"], labels["method"], labels["status"]): count
        for (name, labels) in ((name, dict(labels)) for name, labels in numbers(server))
        if name == "motia_requests_total" and labels["step"] != ""
        for count in [value(server, name, **labels)]
    }
    assert found == {
        ("Greet", "GET", "2xx"): 2,
        ("Greet", "GET", "5xx"): 1,
        ("Send", "POST", "2xx"): 3,
        ("Send", "POST", "4xx"): 1,
    }


def test_requests_that_no_step_serves_have_no_label_of_their_own(server: Server) -> None:
    all_numbers = numbers(server)
    assert all_numbers["motia_requests_total", frozenset({("step", ""), ("method", "GET"), ("status", "4xx")})] >= 2
    assert all_numbers["motia_requests_total", frozenset({("step", ""), ("method", "OTHER"), ("status", "4xx")})] == 1
    assert not any("nowhere" in text for _, labels in all_numbers for _, text in labels)


def test_runs_by_how_they_ended_with_their_durations(server: Server) -> None:
    def runs(step: str, kind: str, outcome: str) -> float | None:
        return value(server, "motia_invocations_total", step=step, kind=kind, outcome=outcome)

    assert (runs("Greet", "api", "completed"), runs("Greet", "api", "failed")) == (2, 1)
    assert (runs("Flaky", "event", "completed"), runs("Flaky", "event", "failed")) == (1, 1)
    assert (runs("Doomed", "event", "completed"), runs("Doomed", "event", "failed")) == (None, 1)
    assert value(server, "motia_retries_total", step="Flaky") == 1
    assert value(server, "motia_invocation_duration_seconds_count", step="Greet") == 3
    assert 0 < (value(server, "motia_request_duration_seconds_sum", step="Greet") or 0) < 60


def test_what_waits_and_what_is_dead(server: Server) -> None:
    assert value(server, "motia_queue_deliveries", step="Later", state="delayed") == 1
    assert 0 < (value(server, "motia_queue_oldest_seconds", step="Later") or 0) < 600
    until(lambda: value(server, "motia_queue_deliveries", step="Flaky", state="ready") == 0)
    assert value(server, "motia_dead_letters", step="Doomed") == 1
    assert value(server, "motia_dead_letters_buried_total", step="Doomed", reason="failed") == 1


def test_the_machinery_shows_itself(server: Server) -> None:
    assert value(server, "motia_workers", pool="python", state="ready") == 1
    assert value(server, "motia_workers", pool="python", state="failed") == 0
    assert (value(server, "motia_worker_memory_bytes", pool="python") or 0) > 1_000_000
    assert (value(server, "process_resident_memory_bytes") or 0) > 1_000_000
    assert (value(server, "motia_store_write_seconds_count", database="main") or 0) > 0
    until(lambda: (value(server, "motia_event_loop_lag_seconds_count") or 0) > 0)
    for name in (
        "motia_broken_files",
        "motia_stream_connections",
        "motia_stream_subscriptions",
        "motia_stream_cut_total",
    ):
        assert value(server, name) == 0
    assert value(server, "motia_recorder_dropped_total", what="spans") == 0
    for name in ("motia_worker_restarts_total", "motia_late_answers_total", "motia_pool_waiting"):
        assert value(server, name, pool="python") == 0


def test_openmetrics_for_those_who_ask(server: Server) -> None:
    answer = server.get("/metrics", headers={"accept": "application/openmetrics-text;version=1.0.0"})
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    names = {family.name for family in read_openmetrics(answer.body.decode())}
    assert {"motia_requests", "motia_invocation_duration_seconds", "motia_workers"} <= names


def test_pages_of_other_origins_do_not_get_it(server: Server) -> None:
    assert server.get("/metrics", headers={"origin": "http://evil.example"}).status == 403


def test_the_terminal_shows_the_same(server: Server) -> None:
    told: Any = json.loads(motia(server.project, "stats", "--json").stdout)
    assert list(told["steps"]) == ["Doomed", "Flaky", "Greet", "Later", "Send"]
    greet, later = told["steps"]["Greet"], told["steps"]["Later"]
    assert (greet["runs"], greet["failures"], greet["retries"]) == (3, 1, 0)
    assert 0 < greet["p50"] <= greet["p95"] < 60_000
    assert (later["runs"], later["p50"], later["waiting"], later["dead"]) == (0, None, 1, 0)
    assert (told["steps"]["Doomed"]["dead"], told["steps"]["Flaky"]["retries"]) == (1, 1)
    table = motia(server.project, "stats").stdout.splitlines()
    assert table[0].split()[:3] == ["STEP", "RUNS", "FAILURES"]
    assert next(line for line in table if line.startswith("Greet")).split()[1:4] == ["3", "1", "0"]
