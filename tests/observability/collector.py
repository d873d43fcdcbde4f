"""A collector: takes OTLP over HTTP as the specification says, reads it with the official messages, and can be away."""

from __future__ import annotations

import base64
import gzip
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from google.protobuf.json_format import MessageToJson, Parse
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest, ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric
from opentelemetry.proto.trace.v1.trace_pb2 import Span

PATHS: dict[str, tuple[type[Any], type[Any]]] = {
    "/v1/traces": (ExportTraceServiceRequest, ExportTraceServiceResponse),
    "/v1/metrics": (ExportMetricsServiceRequest, ExportMetricsServiceResponse),
    "/v1/logs": (ExportLogsServiceRequest, ExportLogsServiceResponse),
}


class Collector:
    """What came: `requests` with their headers, `bodies` as they were, unpacked. `status` is what it answers,
    `rejects` of how many spans it says that it did not take them."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, str], Any]] = []
        self.bodies: list[bytes] = []
        self.status = 200
        self.refused = 0
        self.rejects = 0
        self.faults: list[str] = []
        self.url = ""

    def all(self, path: str) -> list[Any]:
        return [message for at, _, message in list(self.requests) if at == path]

    def spans(self, trace: bytes | None = None) -> list[Span]:
        """Those of a trace, or all."""
        found = [
            span for one in self.all("/v1/traces") for resource in one.resource_spans
            for scope in resource.scope_spans for span in scope.spans
        ]  # fmt: skip
        return [span for span in found if trace is None or span.trace_id == trace]

    def lines(self) -> list[LogRecord]:
        return [
            line for one in self.all("/v1/logs") for resource in one.resource_logs
            for scope in resource.scope_logs for line in scope.log_records
        ]  # fmt: skip

    def metrics(self) -> dict[str, Metric]:
        """The latest, by name."""
        return {
            metric.name: metric for one in self.all("/v1/metrics") for resource in one.resource_metrics
            for scope in resource.scope_metrics for metric in scope.metrics
        }  # fmt: skip


def plain(value: AnyValue) -> Any:
    match value.WhichOneof("value"):
        case None:
            return None
        case "array_value":
            return [plain(one) for one in value.array_value.values]
        case "kvlist_value":
            return facts(value.kvlist_value.values)
        case kind:
            return getattr(value, kind)


def facts(pairs: Sequence[KeyValue]) -> dict[str, Any]:
    found = {pair.key: plain(pair.value) for pair in pairs}
    assert len(found) == len(pairs), "an attribute stands twice"
    return found


@contextmanager
def collecting(port: int = 0) -> Iterator[Collector]:
    """One that listens until the end of the block."""
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            if collector.status != 200:
                collector.refused += 1
                self._answer(collector.status, b"", "text/plain")
                return
            try:
                self._take(body)
            except Exception as error:
                collector.faults.append(repr(error))
                self._answer(400, b"", "text/plain")

        def _take(self, body: bytes) -> None:
            asked, answer = PATHS[self.path]
            kind = self.headers["content-type"]
            message = asked()
            if kind == "application/json":
                Parse(json.dumps(_base64_ids(json.loads(body))), message)
            else:
                assert kind == "application/x-protobuf", kind
                message.ParseFromString(body)
            collector.bodies.append(body)
            collector.requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}, message))
            said = answer()
            if collector.rejects:
                said.partial_success.rejected_spans = collector.rejects
                said.partial_success.error_message = "too old"
            self._answer(200, MessageToJson(said).encode() if kind.endswith("json") else said.SerializeToString(), kind)

        def _answer(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    collector.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield collector
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def _base64_ids(value: Any) -> Any:
    """OTLP's JSON has ids in hex, where protobuf's own has base64."""
    if isinstance(value, list):
        return [_base64_ids(one) for one in value]
    if isinstance(value, dict):
        return {
            key: base64.b64encode(bytes.fromhex(one)).decode()
            if key in ("traceId", "spanId", "parentSpanId")
            else _base64_ids(one)
            for key, one in value.items()
        }
    return value
