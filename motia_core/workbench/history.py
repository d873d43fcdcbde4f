"""Recorded runs and log lines in the shapes that the screens and older tools read. Pure.

What is ours beyond those shapes (parents, attempts, waits) stands beside it under names of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from motia_core.model import Failure, LogRecord, Span
from motia_core.storage.history import Trace

Item = dict[str, Any]
_OWN = frozenset({"id", "level", "time", "msg", "traceId", "flows", "step"})


def log_item(log: LogRecord) -> Item:
    """Fields of the line stand beside its own, which they cannot replace."""
    fields = msgspec.json.decode(log.fields)
    if not isinstance(fields, dict):
        fields = {"data": fields}
    item: Item = {
        "id": log.id,
        "level": log.level,
        "time": log.time,
        "msg": log.msg,
        "flows": list(log.flows),
        "source": log.source,
    }
    if log.trace_id is not None:
        item["traceId"] = log.trace_id
    if log.step is not None:
        item["step"] = log.step
    if log.invocation is not None:
        item["invocation"] = log.invocation
    return {**{key: value for key, value in fields.items() if key not in _OWN}, **item}


def group_item(trace: Trace) -> Item:
    """One line of the list of traces."""
    item: Item = {
        "id": trace.id,
        "name": trace.name,
        "startTime": trace.start,
        "status": trace.status,
        "kind": trace.kind,
        "metadata": {
            "totalSteps": trace.steps,
            "failedSteps": trace.failed,
            "activeSteps": trace.running,
            "completedSteps": trace.steps - trace.failed - trace.running,
        },
    }
    if trace.end is not None:
        item["endTime"] = trace.end
    if trace.error is not None:
        item["error"] = trace.error
    if trace.replay_of is not None:
        item["replayOf"] = trace.replay_of
    return item


def touches(spans: Sequence[Span], topic: str) -> bool:
    """Whether one of the runs was started by this topic, or emitted it."""
    said = msgspec.json.encode(topic)
    for span in spans:
        if span.topic == topic:
            return True
        for raw in span.events:
            # The text first: most runs say nothing of it, and need not be read.
            if said in bytes(raw) and _event(msgspec.json.decode(raw)).get("topic") == topic:
                return True
    return False


def trace_items(spans: Sequence[Span], logs: Sequence[LogRecord]) -> dict[str, Item]:
    """Each run of one trace by its id; `logs` are those of the trace."""
    if not spans:
        return {}
    first = next((span for span in spans if span.parent is None), spans[0])
    lines: dict[str | None, list[Item]] = {}
    for log in logs:
        lines.setdefault(log.invocation, []).append(_logged(log))
    return {span.id: _run(span, first, lines.get(span.id, [])) for span in spans}


def _run(span: Span, first: Span, lines: list[Item]) -> Item:
    events = _merged([_event(msgspec.json.decode(event)) for event in span.events])
    events = sorted([*events, *lines], key=lambda event: event.get("timestamp", span.start))
    item: Item = {
        "id": span.id,
        "name": span.name,
        "parentTraceId": span.trace_id,
        "status": span.status,
        "startTime": span.start,
        "entryPoint": {"type": first.kind, "stepName": first.name},
        "events": events,
        "kind": span.kind,
        "attempt": span.attempt,
        "wait": span.wait,
    }
    more = {
        "endTime": span.end,
        "error": _error(span.failure),
        "parentId": span.parent,
        "topic": span.topic,
        "worker": span.worker,
        "language": span.language or None,
        "filePath": span.file or None,
        "delivery": span.delivery,
        "replayOf": span.replay_of,
        "unkept": span.unkept or None,
        "method": span.method,
        "route": span.route,
        "responseStatus": span.answer,
    }
    return item | {key: value for key, value in more.items() if value is not None}


def _error(failure: Failure | None) -> Item | None:
    if failure is None:
        return None
    said: Item = {"message": failure.message, "code": failure.code, "name": failure.name}
    return said if failure.stack is None else {**said, "stack": failure.stack}


def _logged(log: LogRecord) -> Item:
    return {
        "type": "log",
        "timestamp": log.time,
        "level": log.level,
        "message": log.msg,
        "metadata": msgspec.json.decode(log.fields),
    }


def _event(event: Item) -> Item:
    """A call of the run. Groups of the state are called trace ids in the old shape."""
    data = event.get("data")
    if not isinstance(data, dict):
        return event
    data = dict(data)
    if event.get("type") in ("emit", "trigger") and "topic" in data:
        return {**event, "topic": data["topic"], "data": data}
    if event.get("type") == "state" and "group" in data:
        return {**event, "data": {"traceId": data["group"], **data}}
    if event.get("type") == "stream" and "stream" in data:
        name = data.pop("stream")
        group = {"groupId": data.pop("group")} if "group" in data else {}
        return {**event, "streamName": name, "data": {**group, **data}, "calls": 1}
    return event


def _merged(events: Sequence[Item]) -> list[Item]:
    """Sets of one item in a row are one event: a text that grows word by word stays one line."""
    found: list[Item] = []
    for event in events:
        last = found[-1] if found else {}
        if event.get("type") == "stream" and event.get("operation") == "set" and _place(event) == _place(last):
            found[-1] = {
                **last,
                "data": event["data"],
                "calls": last["calls"] + 1,
                "maxTimestamp": event.get("timestamp"),
            }
        else:
            found.append(event)
    return found


def _place(event: Item) -> object:
    data = event.get("data")
    keys = (data.get("groupId"), data.get("id")) if isinstance(data, dict) else None
    return (event.get("type"), event.get("operation"), event.get("streamName"), keys)
