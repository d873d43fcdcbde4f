"""What a collector is told of an order that goes through four languages: spans with true parents, logs, metrics."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry.proto.metrics.v1.metrics_pb2 import AggregationTemporality
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from tests.kit.project import write
from tests.kit.server import motia, serving, until

from .collector import collecting, facts
from .exported import STEPS, Told

PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
STATE = "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7"
KIND = Span.SpanKind


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    project = write(tmp_path_factory.mktemp("shop"), STEPS)
    with collecting() as collector:
        settings = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
            "OTEL_EXPORTER_OTLP_HEADERS": "x-tenant=ours%20only",
            "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment.name=test,service.name=other",
            "OTEL_BSP_SCHEDULE_DELAY": "100",
            "OTEL_METRIC_EXPORT_INTERVAL": "500",
        }
        with serving(project, **settings) as server:
            yield Told(server, collector)
        assert collector.faults == []


def named(spans: list[Span], name: str) -> Span:
    [found] = [span for span in spans if span.name == name]
    return found


def test_an_order_is_one_trace_with_true_parents(told: Told) -> None:
    answer = told.server.post("/orders/o-1", {})
    assert answer.status == 201, answer.body
    id = answer.headers["x-trace-id"]
    spans = told.trace(id, 5)
    assert len(spans) == 5
    order, first, second = (
        named(spans, "POST /orders/:id"),
        *[one for one in spans if one.name == "process order.placed"],
    )
    pack, pay = named(spans, "process order.stocked"), named(spans, "process order.packed")
    assert order.parent_span_id == b""
    assert first.parent_span_id == second.parent_span_id == order.span_id
    assert pack.parent_span_id == second.span_id
    assert pay.parent_span_id == pack.span_id
    assert [one.kind for one in (order, first, pack, pay)] == [KIND.SPAN_KIND_SERVER, *[KIND.SPAN_KIND_CONSUMER] * 3]
    said = [facts(one.attributes) for one in (order, first, second, pack, pay)]
    assert [one["motia.language"] for one in said] == ["typescript", "python", "python", "ruby", "javascript"]
    assert [one["motia.attempt"] for one in said] == [1, 1, 2, 1, 1]
    assert {one["motia.trace_id"] for one in said} == {id}
    assert said[0] | {
        "http.request.method": "POST", "http.route": "/orders/:id", "http.response.status_code": 201,
    } == said[0]  # fmt: skip
    assert said[1] | {
        "messaging.system": "motia", "messaging.operation.type": "process",
        "messaging.destination.name": "order.placed", "messaging.consumer.group.name": "Stock",
    } == said[1]  # fmt: skip
    assert said[1]["messaging.message.id"] == said[2]["messaging.message.id"]
    assert first.status.code == Status.STATUS_CODE_ERROR
    assert all(one.status.code == Status.STATUS_CODE_UNSET for one in (order, second, pack, pay))
    assert all(0 < one.start_time_unix_nano <= one.end_time_unix_nano for one in spans)


def test_a_failed_attempt_carries_its_exception(told: Told) -> None:
    spans = told.trace(told.server.post("/orders/o-2", {}).headers["x-trace-id"], 5)
    failed = next(one for one in spans if one.status.code == Status.STATUS_CODE_ERROR)
    [event] = [one for one in failed.events if one.name == "exception"]
    said = facts(event.attributes)
    assert (said["exception.type"], said["exception.message"]) == ("LookupError", "the shelf is empty")
    assert "stock_step.py" in said["exception.stacktrace"]
    assert failed.status.message == "the shelf is empty"
    assert facts(failed.attributes)["error.type"] == "LookupError"


def test_calls_are_events_of_the_span(told: Told) -> None:
    [order] = [
        one
        for one in told.trace(told.server.post("/orders/o-3", {}).headers["x-trace-id"], 5)
        if not one.parent_span_id
    ]
    put, emitted = order.events
    assert (put.name, emitted.name) == ("state.set", "emit")
    assert facts(put.attributes)["motia.key"] == "o-3"
    assert facts(emitted.attributes)["motia.topic"] == "order.placed"
    assert order.start_time_unix_nano <= put.time_unix_nano <= emitted.time_unix_nano <= order.end_time_unix_nano


@pytest.mark.parametrize(("path", "status", "kind"), [("/boom", 500, "ValueError"), ("/busy", 503, "503")])
def test_a_failing_request_is_an_error(told: Told, path: str, status: int, kind: str) -> None:
    answer = told.server.get(path)
    assert answer.status == status
    [span] = told.trace(answer.headers["x-trace-id"], 1)
    assert span.status.code == Status.STATUS_CODE_ERROR
    said = facts(span.attributes)
    assert (said["http.response.status_code"], said["error.type"]) == (status, kind)


def test_a_tick_of_cron_is_internal(told: Told) -> None:
    assert motia(told.server.project, "run", "Nightly").returncode == 0
    span = until(lambda: next((one for one in told.collector.spans() if one.name == "Nightly"), None))
    assert (span.kind, span.parent_span_id) == (KIND.SPAN_KIND_INTERNAL, b"")


def test_a_callers_trace_is_continued_through_every_step(told: Told) -> None:
    answer = told.server.post("/orders/o-4", {}, headers={"traceparent": PARENT, "tracestate": STATE})
    trace, parent = PARENT.split("-")[1:3]
    assert answer.headers["x-trace-id"] == answer.json["traceId"] == trace
    spans = told.trace(trace, 5)
    order = named(spans, "POST /orders/:id")
    assert order.parent_span_id.hex() == parent
    assert (order.trace_state, order.flags) == (STATE, 0x301)
    assert named(spans, "process order.packed").trace_id.hex() == trace
    line = told.line(bytes.fromhex(trace), "placed")
    assert facts(line.attributes)["headers"]["tracestate"] == STATE
    shown = json.loads(motia(told.server.project, "trace", "--json").stdout)
    [ours] = [one for one in shown if one["id"] == trace]
    assert (ours["name"], ours["steps"]) == ("Order", 5)
    assert "Pay" in motia(told.server.project, "trace", trace).stdout


def test_a_refused_trace_is_recorded_but_told_to_nobody(told: Told) -> None:
    refused = PARENT.replace("4bf9", "0000")[:-2] + "00"
    answer = told.server.post("/orders/o-5", {}, headers={"traceparent": refused})
    trace = answer.headers["x-trace-id"]
    assert answer.json["traceparent"].startswith(f"00-{trace}-") and answer.json["traceparent"].endswith("-00")
    line = told.line(bytes.fromhex(trace), "paid")
    assert line.flags == 0
    later = told.server.post("/orders/o-6", {})
    told.trace(later.headers["x-trace-id"], 5)
    assert told.collector.spans(bytes.fromhex(trace)) == []
    assert len(json.loads(motia(told.server.project, "trace", trace, "--json").stdout)) == 5


@pytest.mark.parametrize(
    "header",
    ["", "nonsense", "00-" + "0" * 32 + "-00f067aa0ba902b7-01", PARENT.upper(), PARENT + "-more", "ff" + PARENT[2:]],
)
def test_a_caller_that_speaks_wrongly_is_not_believed(told: Told, header: str) -> None:
    answer = told.server.get("/busy", headers={"traceparent": header})
    assert "-" in answer.headers["x-trace-id"]


def test_handlers_in_every_language_know_the_span_they_are(told: Told) -> None:
    id = told.server.post("/orders/o-7", {}).headers["x-trace-id"]
    spans = told.trace(id, 5)
    trace = spans[0].trace_id
    for msg, step in (("placed", "Order"), ("stocked", "Stock"), ("packed", "Pack"), ("paid", "Pay")):
        line = told.line(trace, msg)
        said = facts(line.attributes)
        assert said["headers"]["traceparent"] == f"00-{trace.hex()}-{line.span_id.hex()}-01"
        own = [one for one in spans if one.span_id == line.span_id]
        assert [facts(one.attributes)["motia.step"] for one in own] == [step]


def test_log_lines_have_their_level_fields_and_error(told: Told) -> None:
    id = told.server.post("/orders/o-8", {}).headers["x-trace-id"]
    trace = told.trace(id, 5)[0].trace_id
    levels = {msg: told.line(trace, msg).severity_text for msg in ("placed", "stocked", "paid")}
    assert levels == {"placed": "INFO", "stocked": "WARN", "paid": "ERROR"}
    said = facts(told.line(trace, "paid").attributes)
    assert (said["exception.type"], said["exception.message"]) == ("RangeError", "too much")
    assert (said["motia.trace_id"], said["motia.step"], said["motia.source"]) == (id, "Pay", "logger")
    assert facts(told.line(trace, "placed").attributes)["big"] == 2.0**70


def test_secrets_leave_the_house_in_no_signal(told: Told) -> None:
    told.trace(told.server.post("/orders/o-9", {}).headers["x-trace-id"], 5)
    [put, *_] = next(one for one in told.collector.spans() if one.kind == KIND.SPAN_KIND_SERVER and one.events).events
    value = facts(put.attributes)["motia.value"]
    assert value == {"total": 3, "password": "[redacted]", "card": {"number": "[redacted]"}}
    for secret in (b"hunter2", b"4111-1111"):
        assert all(secret not in body for body in told.collector.bodies)


def test_everything_is_said_in_the_name_of_the_service(told: Told) -> None:
    told.trace(told.server.get("/busy").headers["x-trace-id"], 1)
    until(told.collector.metrics)
    for _, headers, message in told.collector.requests:
        assert headers["x-tenant"] == "ours only"
        [whole] = next(iter(message.ListFields()))[1]
        said = facts(whole.resource.attributes)
        assert (said["service.name"], said["deployment.environment.name"]) == ("shop", "test")
        assert said["service.instance.id"]


def test_metrics_are_those_of_the_scrape(told: Told) -> None:
    for _ in range(3):
        told.server.get("/busy")

    def counted() -> int:
        scraped = told.server.get("/metrics").body.decode()
        [line] = [one for one in scraped.splitlines() if one.startswith('motia_requests_total{step="Busy"')]
        return int(line.rpartition(" ")[2])

    def caught_up() -> Any:
        found = told.collector.metrics().get("motia_requests")
        if found is None:
            return None
        points = [one for one in found.sum.data_points if facts(one.attributes)["step"] == "Busy"]
        return found if points and points[0].as_int == counted() else None

    requests = until(caught_up, every=0.1)
    assert requests.sum.is_monotonic
    assert requests.sum.aggregation_temporality == AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE
    metrics = told.collector.metrics()
    took = metrics["motia_request_duration_seconds"]
    for point in took.histogram.data_points:
        assert len(point.bucket_counts) == len(point.explicit_bounds) + 1
        assert sum(point.bucket_counts) == point.count > 0
    assert took.unit == "s"
    assert metrics["motia_workers"].gauge.data_points
    assert {facts(one.attributes)["signal"] for one in metrics["motia_otlp_exported"].sum.data_points} == {
        "traces", "metrics", "logs",
    }  # fmt: skip
