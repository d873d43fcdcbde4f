"""Everything that goes to a collector: one outlet for each signal that has an endpoint.

Nobody who records waits for it: `watch` puts records into queues, threads of the outlets do the rest. What comes here
has been redacted. Needs the packages of the extra `motia[otel]`; `make` says so when they are missing.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from motia_core.clock import Clock
from motia_core.metrics.exposition import Family
from motia_core.model import LogRecord, Span
from motia_core.otlp.outlet import Outlet, Transport
from motia_core.otlp.settings import GRPC, Destination, Settings, read
from motia_core.traces.sampling import Sampler

if TYPE_CHECKING:
    from motia_core.otlp.numbers import Measured

Exporting = tuple["Exporter | None", Sampler, list[str]]


def make(environ: Mapping[str, str], service: str, clock: Clock, instance: str) -> Exporting:
    """The exporter, None when nothing is to be exported; which traces are; and what is wrong, a line each. `service`
    and `instance` name this server."""
    settings, problems = read(environ, service)
    if settings is None:
        return None, Sampler(), problems
    sampler = Sampler(settings.sampler, settings.ratio)
    try:
        importlib.import_module("opentelemetry.proto.common.v1.common_pb2")
    except ImportError:
        text = "an OTLP endpoint is set, but what speaks to it is not installed: install motia[otel]"
        return None, Sampler(), [*problems, text]
    exporter = Exporter(settings, sampler, clock, instance)
    return exporter, sampler, [*problems, *exporter.problems]


class Exporter:
    """`interval`: seconds between two looks at the metrics; None when they go nowhere. `patience`: how long (s) the end
    may take."""

    def __init__(self, settings: Settings, sampler: Sampler, clock: Clock, instance: str) -> None:
        from motia_core.otlp import lines, numbers, spans
        from motia_core.otlp.attributes import resource_of

        resource = resource_of(settings.resource, instance)
        encoders: dict[str, Callable[[Sequence[Any]], Any]] = {
            "traces": partial(spans.request_of, resource=resource),
            "logs": partial(lines.request_of, resource=resource, sampled=sampler.takes),
            "metrics": partial(numbers.request_of, resource=resource),
        }
        self._sampler = sampler
        self.problems: list[str] = []
        self._outlets: dict[str, Outlet[Any]] = {}
        for to in settings.destinations:
            transport = self._transport(to, clock)
            if transport is None:
                continue
            self._outlets[to.signal] = Outlet(
                to.signal,
                transport,
                encoders[to.signal],
                clock,
                most=settings.queue,
                batch=settings.batch,
                delay=0.0 if to.signal == "metrics" else settings.delay,
                timeout=to.timeout,
                newest_only=to.signal == "metrics",
            )
        self.patience = settings.patience
        self.interval = settings.interval if "metrics" in self._outlets else None
        self._spans: Outlet[Span] | None = self._outlets.get("traces")
        self._logs: Outlet[LogRecord] | None = self._outlets.get("logs")

    def start(self) -> None:
        for outlet in self._outlets.values():
            outlet.start()

    def watch(self, spans: Sequence[Span], logs: Sequence[LogRecord]) -> None:
        """Takes what was recorded; a run is told when it has ended. Returns at once."""
        if self._spans is not None and spans:
            takes = self._sampler.takes
            self._spans.add(
                [(span, _weight(span)) for span in spans if span.status != "running" and takes(span.trace_id)]
            )
        if self._logs is not None and logs:
            self._logs.add([(line, 200 + len(line.msg) + len(memoryview(line.fields))) for line in logs])

    def measure(self, measured: Measured) -> None:
        self._outlets["metrics"].add([(measured, 0)])

    def words(self) -> Iterator[tuple[str, str]]:
        """What is worth saying since the last time: level and text."""
        for outlet in self._outlets.values():
            while outlet.words:
                yield outlet.words.popleft()

    def families(self) -> list[Family]:
        """How the export itself fares."""
        sent = Family("motia_otlp_exported", "counter", "Records the collector has taken, by signal")
        lost = Family("motia_otlp_dropped", "counter", "Records it did not take or for which there was no room")
        left = Family("motia_otlp_waiting", "gauge", "Records that wait for the collector")
        for signal, outlet in self._outlets.items():
            sent.add(outlet.sent, signal=signal)
            lost.add(outlet.dropped, signal=signal)
            left.add(outlet.left, signal=signal)
        return [sent, lost, left]

    def close(self, patience: float) -> None:
        """Sends what waits, within so many seconds; `over` says when that has ended."""
        for outlet in self._outlets.values():
            outlet.close(patience)

    @property
    def left(self) -> int:
        """Records that wait or are on their way."""
        return sum(outlet.left for outlet in self._outlets.values())

    @property
    def over(self) -> bool:
        return all(outlet.over for outlet in self._outlets.values())

    def _transport(self, to: Destination, clock: Clock) -> Transport | None:
        from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
        from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceResponse
        from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

        from motia_core.otlp.http import Http

        response = {
            "traces": ExportTraceServiceResponse,
            "metrics": ExportMetricsServiceResponse,
            "logs": ExportLogsServiceResponse,
        }[to.signal]
        try:
            if to.protocol != GRPC:
                return Http(to, response, clock)
            from motia_core.otlp.grpc import Grpc

            return Grpc(to, response)
        except ImportError:
            self.problems.append(f"{to.signal} cannot be exported: the protocol grpc needs the package grpcio")
        except OSError as error:
            self.problems.append(f"{to.signal} cannot be exported: the files for TLS cannot be used ({error})")
        return None


def _weight(span: Span) -> int:
    size = 600 + sum(len(memoryview(event)) for event in span.events)
    return size + len(span.failure.stack or "") + len(span.failure.message) if span.failure is not None else size
