"""Recorded log lines as OTLP log records, tied to their span. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord as Told
from opentelemetry.proto.logs.v1.logs_pb2 import ResourceLogs, ScopeLogs, SeverityNumber
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from motia_core.model import LogRecord
from motia_core.otlp.attributes import SCOPE, clean, pairs, value_of
from motia_core.otlp.spans import MS, span_bytes, trace_bytes

_SEVERITIES = {
    "debug": SeverityNumber.SEVERITY_NUMBER_DEBUG,
    "info": SeverityNumber.SEVERITY_NUMBER_INFO,
    "warn": SeverityNumber.SEVERITY_NUMBER_WARN,
    "error": SeverityNumber.SEVERITY_NUMBER_ERROR,
}
_SAID = {"name": "exception.type", "message": "exception.message", "stack": "exception.stacktrace"}


def request_of(
    lines: Sequence[LogRecord], resource: Resource, sampled: Callable[[str], bool]
) -> ExportLogsServiceRequest:
    """`sampled` says whether a trace is exported too."""
    told = ScopeLogs(scope=SCOPE, log_records=[line_of(line, sampled) for line in lines])
    return ExportLogsServiceRequest(resource_logs=[ResourceLogs(resource=resource, scope_logs=[told])])


def line_of(line: LogRecord, sampled: Callable[[str], bool]) -> Told:
    told = Told(
        time_unix_nano=line.time * MS,
        observed_time_unix_nano=line.time * MS,
        severity_number=_SEVERITIES.get(line.level, SeverityNumber.SEVERITY_NUMBER_UNSPECIFIED),
        severity_text=line.level.upper(),
        body=value_of(line.msg),
        attributes=pairs(_attributes(line)),
    )
    if line.trace_id is not None:
        told.trace_id = trace_bytes(line.trace_id)
        told.flags = int(sampled(line.trace_id))
        if line.invocation is not None:
            told.span_id = span_bytes(line.invocation)
    return told


def _attributes(line: LogRecord) -> dict[str, object]:
    """The line's own fields, with ours beside them: ours win."""
    try:
        fields: dict[str, Any] = msgspec.json.decode(line.fields, type=dict[str, Any])
    except msgspec.MsgspecError:
        fields = {}
    error = fields.get("error")
    if isinstance(error, dict) and isinstance(error.get("name"), str):
        del fields["error"]
        fields |= {_SAID.get(key, f"exception.{clean(key)}"): value for key, value in error.items()}
    return {
        **fields,
        "motia.trace_id": line.trace_id,
        "motia.step": line.step,
        "motia.flows": list(line.flows) or None,
        "motia.source": line.source,
    }
