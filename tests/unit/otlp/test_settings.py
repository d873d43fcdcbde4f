"""The `OTEL_*` variables: what they set, and what is said of those that cannot be used."""

from __future__ import annotations

import subprocess
import sys

import pytest

from motia_core.otlp.settings import Settings, read

ANY = "OTEL_EXPORTER_OTLP_ENDPOINT"


def settings(**environ: str) -> Settings:
    found, problems = read({ANY: "http://c:4318", **environ}, "folder")
    assert found is not None
    assert problems == []
    return found


def test_nothing_is_sent_without_an_endpoint() -> None:
    assert read({"OTEL_SERVICE_NAME": "x", "OTEL_EXPORTER_OTLP_HEADERS": "a=b"}, "folder") == (None, [])
    assert read({ANY: "http://c", "OTEL_SDK_DISABLED": "TRUE"}, "folder") == (None, [])


def test_a_base_address_gets_a_path_and_that_of_a_signal_does_not() -> None:
    found = settings(OTEL_EXPORTER_OTLP_LOGS_ENDPOINT="https://logs/in?key=1", OTEL_METRICS_EXPORTER="none")
    assert [one.url for one in found.destinations] == ["http://c:4318/v1/traces", "https://logs/in?key=1"]
    only, _ = read({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://t/x"}, "folder")
    assert only is not None
    assert [(one.signal, one.url) for one in only.destinations] == [("traces", "http://t/x")]


def test_grpc_takes_an_address_without_a_scheme() -> None:
    more = {ANY: "c:4317", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}
    assert settings(**more).destinations[0].url == "https://c:4317"
    assert settings(**more, OTEL_EXPORTER_OTLP_INSECURE="true").destinations[0].url == "http://c:4317"


def test_what_is_said_of_one_signal_wins() -> None:
    found = settings(
        OTEL_EXPORTER_OTLP_HEADERS="a=1,b=two%20words",
        OTEL_EXPORTER_OTLP_LOGS_HEADERS="b=3",
        OTEL_EXPORTER_OTLP_TIMEOUT="2000",
        OTEL_EXPORTER_OTLP_LOGS_TIMEOUT="500",
        OTEL_EXPORTER_OTLP_LOGS_PROTOCOL="HTTP/JSON",
    )
    traces, _, logs = found.destinations
    assert (dict(traces.headers), traces.timeout, traces.protocol) == (
        {"a": "1", "b": "two words"},
        2.0,
        "http/protobuf",
    )
    assert (dict(logs.headers), logs.timeout, logs.protocol) == ({"a": "1", "b": "3"}, 0.5, "http/json")


def test_the_service_has_a_name_whoever_gives_it() -> None:
    assert dict(settings().resource) == {"service.name": "folder"}
    assert dict(settings(OTEL_RESOURCE_ATTRIBUTES="service.name=a,x=1").resource) == {"service.name": "a", "x": "1"}
    both = settings(OTEL_RESOURCE_ATTRIBUTES="service.name=a", OTEL_SERVICE_NAME="b")
    assert dict(both.resource) == {"service.name": "b"}


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "smoke", "is none of http/protobuf, http/json, grpc"),
        ("OTEL_TRACES_SAMPLER", "jaeger_remote", "is none of always_on"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "soon", "is no number from 1"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "nan", "is no number from 1"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "5", "is no number from 100"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "hunter2", "has a part that is no key=value"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "a=b%0d%0aEvil: yes", "has a part that is no key=value"),
        ("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "ftp://hunter2", "logs are not exported"),
        ("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "http://c:no", "logs are not exported"),
    ],
)
def test_what_cannot_be_used_is_said_once_without_its_value(name: str, value: str, words: str) -> None:
    found, problems = read({ANY: "http://c:4318", name: value}, "folder")
    assert found is not None
    assert {one for one in problems if words in one and name in one} == set(problems) != set()
    assert "hunter2" not in " ".join(problems)
    assert found.destinations[0] == settings().destinations[0]


def test_who_exports_nothing_loads_nothing() -> None:
    look = "import sys, motia_core.app.surface, motia_core.app.application as a; print({'google', 'opentelemetry'} & {*sys.modules})"
    assert subprocess.run([sys.executable, "-c", look], capture_output=True, text=True).stdout == "set()\n"
