"""Recorded runs as OTLP spans: names, kinds and attributes by the semantic conventions for HTTP, messaging and
exceptions. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Raw
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Status
from opentelemetry.proto.trace.v1.trace_pb2 import Span as Told

from motia_core.metrics.counts import METHODS
from motia_core.model import Failure, Span
from motia_core.otlp.attributes import SCOPE, clean, pairs
from motia_core.traces.w3c import span_id_of, trace_id_of
from motia_core.triggers.refusal import refuse

MS = 1_000_000
_SAMPLED, _KNOWN_WHERE, _REMOTE = 1, 0x100, 0x200
_MOST_KNOWN = 5_000
_KNOWN: dict[object, bytes] = {}
_KINDS = {"api": Told.SPAN_KIND_SERVER, "event": Told.SPAN_KIND_CONSUMER}


def request_of(spans: Sequence[Span], resource: Resource) -> ExportTraceServiceRequest:
    told = ScopeSpans(scope=SCOPE)
    for span in spans:
        write(span, told.spans.add())
    return ExportTraceServiceRequest(resource_spans=[ResourceSpans(resource=resource, scope_spans=[told])])


def trace_bytes(id: str) -> bytes:
    return bytes.fromhex(trace_id_of(id))


def span_bytes(id: str) -> bytes:
    return bytes.fromhex(span_id_of(id))


def write(span: Span, told: Told) -> None:
    """Into an empty one."""
    failure, remote = span.failure, span.remote
    end = max(span.start, span.end if span.end is not None else span.start)
    answer = _status(span)
    told.MergeFromString(_shared(span, answer))
    told.trace_id = trace_bytes(span.trace_id)
    told.span_id = span_bytes(span.id)
    told.start_time_unix_nano = span.start * MS
    told.end_time_unix_nano = end * MS
    told.attributes.add(key="motia.trace_id").value.string_value = clean(span.trace_id)
    if span.wait:
        told.attributes.add(key="motia.wait_ms").value.int_value = span.wait
    if span.delivery is not None:
        told.attributes.add(key="messaging.message.id").value.string_value = str(span.delivery)
    if remote is not None:
        told.parent_span_id = bytes.fromhex(remote.span_id)
        told.trace_state = remote.state
        told.flags |= _REMOTE
    elif span.parent is not None:
        told.parent_span_id = span_bytes(span.parent)
    for event in span.events:
        _add_event(told, event, span.start)
    if failure is not None:
        told.status.code = Status.STATUS_CODE_ERROR
        told.status.message = clean(failure.message)
        told.events.append(_exception(failure, end))
    elif answer is not None and answer >= 500:
        told.status.code = Status.STATUS_CODE_ERROR
    if span.replay_of is not None:
        trace, _, run = span.replay_of.partition("/")
        told.links.add(
            trace_id=trace_bytes(trace), span_id=span_bytes(run), attributes=pairs({"motia.replay_of": span.replay_of})
        )


def _name(span: Span) -> str:
    if span.kind == "api" and span.method is not None:
        return f"{span.method if span.method in METHODS else 'HTTP'} {span.route}"
    if span.kind == "event" and span.topic is not None:
        return f"process {span.topic}"
    return span.name


def _status(span: Span) -> int | None:
    """What the client was answered, as far as it asked."""
    if span.method is None:
        return None
    return span.answer if span.failure is None else refuse(span.failure, detailed=False).status


def _shared(span: Span, answer: int | None) -> bytes:
    """What runs of one step have in common: written down once, as that is most of the work."""
    failed = span.failure.name if span.failure is not None else None
    key = (span.name, span.kind, span.worker, span.attempt, span.file, span.method, span.route, span.topic, answer)
    found = _KNOWN.get((key, failed))
    if found is None:
        found = Told(
            name=clean(_name(span)),
            kind=_KINDS.get(span.kind, Told.SPAN_KIND_INTERNAL),
            attributes=pairs(_attributes(span, answer)),
            flags=_SAMPLED | _KNOWN_WHERE,
        ).SerializeToString()
        if len(_KNOWN) < _MOST_KNOWN:
            _KNOWN[key, failed] = found
    return found


def _attributes(span: Span, answer: int | None) -> dict[str, object]:
    found: dict[str, object] = {
        "motia.step": span.name,
        "motia.step.kind": span.kind,
        "motia.language": span.language or None,
        "motia.worker": span.worker,
        "motia.attempt": span.attempt,
        "code.file.path": span.file or None,
    }
    if span.method is not None:
        known = span.method in METHODS
        found |= {
            "http.request.method": span.method if known else "_OTHER",
            "http.request.method_original": None if known else span.method,
            "http.route": span.route,
            "http.response.status_code": answer,
        }
    if span.kind == "event":
        found |= {
            "messaging.system": "motia",
            "messaging.operation.name": "process",
            "messaging.operation.type": "process",
            "messaging.destination.name": span.topic,
            "messaging.consumer.group.name": span.name,
        }
    if span.failure is not None:
        found["error.type"] = span.failure.name
    elif answer is not None and answer >= 500:
        found["error.type"] = str(answer)
    return found


def _add_event(told: Told, event: Raw, start: int) -> None:
    """A call of the handler's: `state.set`, `emit`, …"""
    try:
        said: dict[str, Any] = msgspec.json.decode(event, type=dict[str, Any])
    except msgspec.MsgspecError:
        return
    if said.get("type") == "omitted":
        told.dropped_events_count = int(said.get("count", 0))
        return
    name = ".".join(str(said[key]) for key in ("type", "operation") if said.get(key) is not None)
    data = said.get("data")
    facts = {f"motia.{key}": value for key, value in data.items()} if isinstance(data, dict) else {}
    if "success" in said:
        facts["motia.success"] = said["success"]
    time = said.get("timestamp")
    told.events.add(
        time_unix_nano=(time if isinstance(time, int) and time > 0 else start) * MS,
        name=clean(name),
        attributes=pairs(facts),
    )


def _exception(failure: Failure, end: int) -> Told.Event:
    return Told.Event(
        name="exception",
        time_unix_nano=end * MS,
        attributes=pairs(
            {
                "exception.type": failure.name,
                "exception.message": failure.message,
                "exception.stacktrace": failure.stack,
                "motia.error.code": failure.code,
            }
        ),
    )
