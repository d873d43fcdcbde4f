"""A collector that is away, hangs, refuses or is not wanted: requests go on, what waits is bounded, what is lost is said."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent import futures
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2, logs_service_pb2_grpc

from tests.kit.project import write
from tests.kit.server import ROOT, Server, serving, until

from .collector import collecting, facts, plain

STEPS = {
    "steps/hello.step.js": """
        exports.config = { type: 'api', name: 'Hello', method: 'GET', path: '/hello/:n', emits: [] }
        exports.handler = async (req, { logger }) => {
          logger.info('hello ' + req.pathParams.n)
          return { status: 200, body: req.pathParams.n }
        }
        """
}
QUICK = {"OTEL_BSP_SCHEDULE_DELAY": "50", "OTEL_METRICS_EXPORTER": "none"}


def project(folder: Path) -> Path:
    return write(folder, STEPS)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def hello(server: Server, *numbers: int) -> None:
    for number in numbers:
        assert server.get(f"/hello/{number}").json == number


def lost(server: Server, signal: str) -> int:
    scraped = server.get("/metrics").body.decode().splitlines()
    [line] = [one for one in scraped if one.startswith(f'motia_otlp_dropped_total{{signal="{signal}"}}')]
    return int(line.rpartition(" ")[2])


@contextmanager
def logs_over_grpc(port: int) -> Iterator[list[Any]]:
    """A collector of log lines that speaks gRPC: what came, with its metadata."""
    came: list[Any] = []

    class Service(logs_service_pb2_grpc.LogsServiceServicer):
        def Export(self, request: Any, context: Any) -> Any:
            came.append((dict(context.invocation_metadata()), request))
            return logs_service_pb2.ExportLogsServiceResponse()

    server = grpc.server(futures.ThreadPoolExecutor(2))
    logs_service_pb2_grpc.add_LogsServiceServicer_to_server(Service(), server)
    server.add_insecure_port(f"127.0.0.1:{port}")
    server.start()
    try:
        yield came
    finally:
        server.stop(0).wait(5)


def test_an_outage_keeps_nobody_waiting_and_what_fits_comes_later(tmp_path: Path) -> None:
    http, other = free_port(), free_port()
    settings = QUICK | {
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{http}/",
        "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/json",
        "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip",
        "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT": f"http://127.0.0.1:{other}",
        "OTEL_EXPORTER_OTLP_LOGS_PROTOCOL": "grpc",
        "OTEL_EXPORTER_OTLP_HEADERS": "Authorization=Bearer%20abc",
        "OTEL_BSP_MAX_QUEUE_SIZE": "20",
    }
    with serving(project(tmp_path), **settings) as server:
        hello(server, *range(40))
        until(lambda: lost(server, "traces") >= 20)
        words = f"traces cannot be exported for now: http://127.0.0.1:{http}/v1/traces cannot be reached"
        until(lambda: words in server.output)
        with collecting(http) as collector, logs_over_grpc(other) as came:
            spans = until(lambda: len(found := collector.spans()) >= 20 and found)
            assert len(spans) == 20
            assert all(facts(one.attributes)["http.route"] == "/hello/:n" for one in spans)
            headers = collector.requests[0][1]
            assert (headers["content-type"], headers["content-encoding"]) == ("application/json", "gzip")
            assert headers["authorization"] == "Bearer abc"
            until(lambda: "traces reach the collector again; 20 spans were dropped meanwhile" in server.output)
            hello(server, 40)
            until(lambda: len(collector.spans()) == 21)
            until(lambda: came)
            metadata, request = came[0]
            assert metadata["authorization"] == "Bearer abc"
            [one, *_] = request.resource_logs[0].scope_logs[0].log_records
            assert plain(one.body)
            # Wrong credentials: nothing to wait for.
            collector.status = 401
            hello(server, 41)
            until(lambda: "1 spans were not taken" in server.output)
            assert f"127.0.0.1:{http}/v1/traces answers 401" in server.output
            # Too busy: later.
            collector.status = 503
            hello(server, 42)
            until(lambda: collector.refused >= 2)
            collector.status = 200
            until(lambda: len(collector.spans()) == 22)
            assert lost(server, "traces") == 21
            # A part of a batch.
            collector.rejects = 1
            hello(server, 43)
            until(lambda: "1 spans were not taken: the collector says: too old" in server.output)
            assert lost(server, "traces") == 22
            assert "abc" not in server.output
        assert collector.faults == []


def test_what_waits_at_the_end_goes_out(tmp_path: Path) -> None:
    with collecting() as collector:
        settings = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "60000"}
        with serving(project(tmp_path), **settings) as server:
            hello(server, 1, 2)
            assert collector.spans() == []
            server.stop()
        assert len(collector.spans()) == 2
        assert {plain(one.body) for one in collector.lines()} >= {"hello 1", "hello 2"}
        [count] = collector.metrics()["motia_requests"].sum.data_points
        assert count.as_int == 2


def test_a_collector_that_hangs_does_not_hold_the_end(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings = QUICK | {
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": f"http://127.0.0.1:{silent.getsockname()[1]}",
            "OTEL_EXPORTER_OTLP_TIMEOUT": "60000",
            "OTEL_BSP_EXPORT_TIMEOUT": "300",
        }
        with serving(project(tmp_path), **settings) as server:
            hello(server, 1)
            held, _ = silent.accept()
            hello(server, 2)
            assert server.stop(patience=10) == 0
            held.close()
            assert "records are lost: the collector hangs" in server.output


def test_the_end_says_what_could_not_be_told(tmp_path: Path) -> None:
    settings = QUICK | {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": f"http://127.0.0.1:{free_port()}/elsewhere"}
    with serving(project(tmp_path), **settings) as server:
        hello(server, 1, 2)
        assert server.stop(patience=10) == 0
        assert "2 spans were not exported: the server has ended" in server.output


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "nowhere"}, "OTEL_EXPORTER_OTLP_ENDPOINT is no address like"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_SDK_DISABLED": "true"}, ""),
    ],
)
def test_without_a_usable_endpoint_nothing_is_exported(tmp_path: Path, settings: dict[str, str], words: str) -> None:
    with serving(project(tmp_path), **settings) as server:
        hello(server, 1)
        assert "motia_otlp" not in server.get("/metrics").body.decode()
        assert words in server.output
        assert ("OpenTelemetry" in server.output) == bool(words)


def test_callers_are_not_believed_where_that_is_wanted(tmp_path: Path) -> None:
    parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    with serving(project(tmp_path), MOTIA_TRACES_FROM_CALLERS="false") as server:
        assert server.get("/hello/1", headers={"traceparent": parent}).headers["x-trace-id"] not in parent


def test_without_the_extra_the_server_says_what_to_install(tmp_path: Path) -> None:
    """A package of that name without the protocol stands for an installation without it."""
    write(tmp_path / "hiding", {"opentelemetry/__init__.py": ""})
    with serving(
        project(tmp_path / "here"),
        PYTHONPATH=f"{tmp_path / 'hiding'}:{ROOT}",
        OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9",
    ) as server:
        hello(server, 1)
        [line] = [line for line in server.output.splitlines() if "OpenTelemetry" in line]
        assert "install motia[otel]" in line
