"""What is recorded and measured, as OTLP messages: nothing is lost, and nothing odd breaks a batch."""

from __future__ import annotations

import json

from msgspec import Raw

from motia_core.metrics.exposition import Family
from motia_core.metrics.histogram import Histogram
from motia_core.model import Failure, LogRecord, Remote, Span
from motia_core.otlp import lines, numbers, spans
from motia_core.otlp.attributes import resource_of
from motia_core.otlp.http import as_json
from tests.observability.collector import facts, plain

HERE = resource_of([("service.name", "s")], "i")


def test_a_histogram_counts_everything_once_also_beyond_its_bounds() -> None:
    histogram = Histogram()
    for value in (0.0, 0.0005, 0.3, 7.0, 800.0, 10_000.0):
        histogram.add(value)
    family = Family("took_seconds", "histogram", "h")
    family.time(histogram, step="x")
    request = numbers.request_of([numbers.Measured([family], 5, 9)], HERE)
    [metric] = request.resource_metrics[0].scope_metrics[0].metrics
    [point] = metric.histogram.data_points
    assert (point.count, point.sum, sum(point.bucket_counts)) == (6, histogram.total, 6)
    assert (point.start_time_unix_nano, point.time_unix_nano) == (5_000_000, 9_000_000)
    below, seen = [], 0
    for bound, count in zip(point.explicit_bounds, point.bucket_counts, strict=False):
        seen += count
        below.append((bound, seen))
    assert below == list(histogram.shown())


def told(span: Span) -> spans.Told:
    found = spans.Told()
    spans.write(span, found)
    return found


def test_runs_of_one_step_that_differ_are_told_apart() -> None:
    def one(**more: object) -> dict[str, object]:
        base = {"id": "1", "trace_id": "T", "name": "n", "kind": "api", "status": "completed", "start": 1}
        return facts(told(Span(**{**base, **more})).attributes)  # type: ignore[arg-type]

    assert one(method="GET", route="/a", answer=200)["http.response.status_code"] == 200
    assert one(method="GET", route="/a", answer=404)["http.response.status_code"] == 404
    assert one(method="POST", route="/a", answer=404)["http.request.method"] == "POST"
    strange = one(method="BREW", route="/a", answer=418)
    assert (strange["http.request.method"], strange["http.request.method_original"]) == ("_OTHER", "BREW")
    assert (one(attempt=2)["motia.attempt"], one(worker="w")["motia.worker"]) == (2, "w")
    assert one(trace_id="U")["motia.trace_id"] == "U"
    failure = Failure(code=1001, name="A", message="m")
    assert one(failure=failure)["error.type"] == "A"
    assert "error.type" not in one()


def test_odd_values_break_nothing() -> None:
    deep = "[" * 60 + "]" * 60
    event = f'{{"type":"state","operation":"set","timestamp":3,"success":false,"data":{{"key":"k","value":{deep}}}}}'
    odd = Span(
        id="not hex", trace_id="T\ud800", name="n\ud800", kind="cron", status="failed", start=2, end=1,
        failure=Failure(code=1, name="E", message="\ud800\0"), replay_of="A/b",
        remote=Remote(trace_id="a" * 32, span_id="b" * 16),
        events=(Raw(event.encode()), Raw(b'{"type":"omitted","count":7}'), Raw(b"broken")),
    )  # fmt: skip
    span = told(odd)
    assert span.end_time_unix_nano == span.start_time_unix_nano
    assert [one.name for one in span.events] == ["state.set", "exception"]
    assert span.dropped_events_count == 7
    assert span.links[0].trace_id == spans.trace_bytes("A")
    line = LogRecord(
        id="1",
        time=1,
        level="info",
        msg="\ud800",
        fields=Raw(b'{"n":1e300,"b":[1,null,{"c":true}],"motia.step":"mine"}'),
    )
    record = lines.line_of(line, lambda id: True)
    assert facts(record.attributes)["b"] == [1, None, {"c": True}]
    assert plain(record.body) == "?"
    message = spans.request_of([odd], HERE)
    found = json.loads(as_json(message))["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
    assert found["spanId"] == span.span_id.hex()
    assert (found["parentSpanId"], found["kind"]) == ("b" * 16, spans.Told.SPAN_KIND_INTERNAL)


def test_a_number_that_no_double_holds_is_told_in_digits() -> None:
    """One field of one line would otherwise cost its whole batch, the lines of others included."""
    great = "1" + "0" * 400
    fields = Raw(f'{{"n":{great},"in":[-{great}],"near":{2**64}}}'.encode())
    line = LogRecord(id="1", time=1, level="info", msg="m", fields=fields)
    request = lines.request_of([line], HERE, lambda id: True)
    said = facts(request.resource_logs[0].scope_logs[0].log_records[0].attributes)
    assert (said["n"], said["in"], said["near"]) == (great, [f"-{great}"], float(2**64))


def test_what_a_line_says_of_itself_gives_way_to_what_we_know() -> None:
    fields = Raw(b'{"motia.step":"mine","error":{"name":"E","message":"m","code":"X"}}')
    line = LogRecord(id="1", time=1, level="warn", msg="m", step="Real", fields=fields)
    said = facts(lines.line_of(line, lambda id: True).attributes)
    assert (said["motia.step"], said["exception.type"], said["exception.code"]) == ("Real", "E", "X")
