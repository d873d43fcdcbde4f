"""Document B as printed: its patterns for event steps, each run in the project that holds all of them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from typing import Any

import pytest

from tests.kit.server import Server, motia, until
from tests.seeds.document_b import calls, document_b, emit, heard, lines, run, set_state


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with document_b(tmp_path_factory.mktemp("document-b")) as running:
        yield running


@pytest.mark.rows(144, 146, 150, 294)
def test_a_step_without_topics_hears_every_event_but_its_own(server: Server) -> None:
    trace = emit(server, "anything", {"n": 1})

    def done() -> list[Any]:
        return [
            line["data"]
            for line in lines(server, "witnessed.jsonl")
            if line["trace"] == trace and line["topic"] == "processing-complete"
        ]

    found = until(done)
    assert found[0]["result"] == "success"
    datetime.fromisoformat(found[0]["processedAt"].replace("Z", "+00:00"))
    assert [{"n": 1}] in calls(server, "processData")

    def topics() -> set[str]:
        spans = json.loads(motia(server.project, "trace", trace, "--json").stdout or "[]")
        return {span["topic"] for span in spans if span["name"] == "processor"}

    assert "anything" in until(topics)
    assert "processing-complete" not in topics()


@pytest.mark.rows(164)
def test_what_an_event_step_returns_is_its_result(server: Server) -> None:
    assert run(server, "resilient-processor", {"n": 2}) == {"processed": True, "data": {"n": 2}}


@pytest.mark.rows(165, 166)
def test_failures_are_retried_by_hand_then_by_the_queue_then_kept(server: Server) -> None:
    trace = emit(server, "risky", {"fail": "this"})

    def letters() -> list[dict[str, Any]]:
        found = json.loads(motia(server.project, "dead", "list", "--json", "--step", "resilient-processor").stdout)
        return [letter for letter in found if letter["originalEvent"]["traceId"] == trace]

    [letter, *_] = until(letters)
    assert (letter["originalEvent"]["topic"], letter["reason"], letter["attemptsMade"]) == ("risky", "failed", 2)
    assert letter["failureReason"] == "cannot process this"
    # Three tries in each of the two attempts; each attempt told of it.
    told = [data for data in heard(server, "processing-failed") if data["data"] == {"fail": "this"}]
    assert told == [{"data": {"fail": "this"}, "error": "cannot process this", "attempts": 3}] * 2


@pytest.mark.rows(154, 156, 167)
def test_the_state_machine(server: Server) -> None:
    order = {"orderId": "o-1"}
    for work, topic, state in (
        ("processPayment", "order-paid", "paid"),
        ("prepareShipment", "order-shipped", "shipped"),
        ("confirmDelivery", "order-delivered", "delivered"),
    ):
        emit(server, "order", order)
        until(lambda topic=topic: order in heard(server, topic))  # type: ignore[misc]
        assert ["o-1"] in calls(server, work)
        assert server.state("default", "order:o-1:state") == state
    emit(server, "order", order)
    run(server, "state-machine", order)
    assert server.state("default", "order:o-1:state") == "delivered"
    assert len([one for one in calls(server, "confirmDelivery") if one == ["o-1"]]) == 1


@pytest.mark.rows(154, 157, 168)
def test_batches_are_processed_when_they_are_full(server: Server) -> None:
    run(server, "batch-processor", {"n": "first"})
    assert {"n": "first"} in server.state("default", "pending-items")
    set_state(server, "pending-items", [{"n": n} for n in range(99)])
    run(server, "batch-processor", {"n": "last"})
    batch = until(lambda: [batch for [batch] in calls(server, "processBatch") if batch[-1] == {"n": "last"}])[0]
    assert len(batch) == 100
    told = until(lambda: heard(server, "batch-processed"))[0]
    assert told["itemCount"] == 100


@pytest.mark.rows(151, 152, 155, 156, 164, 172)
def test_what_was_processed_is_read_from_the_cache(server: Server) -> None:
    first = run(server, "cached-processor", {"id": 5})
    assert first["expensive"] == 5
    assert run(server, "cached-processor", {"id": 5}) == first
    assert run(server, "cached-processor", {"id": 6}) != first
    assert calls(server, "expensiveOperation").count([{"id": 5}]) == 1
    assert server.state("default", "processed:5") == first
    motia(server.project, "state", "delete", "default", "processed:5")
    assert run(server, "cached-processor", {"id": 5}) != first


@pytest.mark.rows(159, 164, 170)
def test_a_file_is_read_as_a_stream(server: Server) -> None:
    assert run(server, "memory-efficient", {"filePath": str(server.project / "lines.txt")}) == {"totalProcessed": 2500}


@pytest.mark.rows(159, 164, 171)
def test_items_are_processed_five_at_a_time(server: Server) -> None:
    assert run(server, "parallel-processor", {"items": list(range(12))}) == {"results": [2 * n for n in range(12)]}


@pytest.mark.rows(164, 165)
def test_a_monitored_step_logs_how_it_goes(server: Server) -> None:
    assert run(server, "monitored-processor", {"id": "w-1", "type": "t"})["processed"] is True
    done = motia(server.project, "run", "monitored-processor", "--input", '{"id": "w-2", "fail": "that"}')
    assert done.returncode == 1
    assert "cannot process that" in done.stderr
    logged = server.logs("--step", "monitored-processor")
    assert any("Processing started" in line["msg"] and "w-1" in json.dumps(line) for line in logged)
    assert any("Processing completed" in line["msg"] and "resultSize" in json.dumps(line) for line in logged)
    assert any(
        "Processing failed" in line["msg"] and line["level"] == "error" and "w-2" in json.dumps(line) for line in logged
    )


@pytest.mark.rows(150, 162, 163, 173)
def test_metrics_are_collected(server: Server) -> None:
    run(server, "monitoring")
    metrics = until(lambda: heard(server, "metrics-collected"))[0]
    assert metrics["memoryUsage"]["heapUsed"] > 0
    assert metrics["cpuUsage"]["user"] > 0
    assert (metrics["activeConnections"], metrics["queueSize"]) == (2, 0)
    assert heard(server, "high-memory-usage") == []


def test_nothing_went_round_for_ever(server: Server) -> None:
    """Eight steps of this project hear everything and some of them emit: it comes to rest."""

    def waiting() -> int:
        with closing(sqlite3.connect(server.project / ".motia" / "motia.db")) as database:
            return int(database.execute("SELECT count(*) FROM deliveries").fetchone()[0])

    until(lambda: waiting() == 0)
    letters = json.loads(motia(server.project, "dead", "list", "--json").stdout)
    assert [letter for letter in letters if letter["reason"] == "loop"] == []
