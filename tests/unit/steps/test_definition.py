"""From a runner's report to steps and streams: every key, and files that hold more or less than one."""

from __future__ import annotations

import msgspec
import pytest
from msgspec import Raw

from motia_core.model import Backoff, Emit, HandlerRules, QueryParam, QueueRules, Route
from motia_core.protocol.requests import FileReport, SourceError, StepReport
from motia_core.steps.definition import define, step_id

from .reports import API, EVENT, candidate, one_step, problems, step


def test_an_api_step_with_every_key() -> None:
    found = one_step(
        {
            "type": "api",
            "name": "CreateOrder",
            "description": "makes one",
            "path": "/orders/:id",
            "method": ["post", "PUT"],
            "routes": ["/o", {"path": "/p", "method": "get"}, {"path": "/q"}],
            "emits": ["a", {"topic": "b", "label": "B", "conditional": True}],
            "virtualEmits": ["v", {"topic": "w"}],
            "virtualSubscribes": ["x"],
            "flows": ["orders"],
            "includeFiles": ["./*.txt"],
            "middleware": [None, None],
            "bodySchema": {"type": "object"},
            "responseSchema": {"200": {"type": "object"}, "404": None},
            "queryParams": [{"name": "page", "description": "which"}, {"name": "x", "extra": 1}],
            "strictEmits": True,
            "validation": "warn",
            "infrastructure": {"handler": {"timeout": 5, "fresh": True, "pool": "heavy", "ram": 512, "cpu": 0.25}},
        },
        line=7,
        middleware=2,
        validates=True,
        inferred=["the path"],
    )
    assert found.kind == "api"
    assert found.name == "CreateOrder"
    assert found.routes == (
        Route("POST", "/orders/:id"),
        Route("PUT", "/orders/:id"),
        Route("POST", "/o"),
        Route("PUT", "/o"),
        Route("GET", "/p"),
        Route("*", "/q"),
    )
    assert found.emits == (Emit("a"), Emit("b", "B", True))
    assert found.virtual_emits == (Emit("v"), Emit("w"))
    assert found.virtual_subscribes == ("x",)
    assert (found.flows, found.include_files, found.description) == (("orders",), ("./*.txt",), "makes one")
    assert found.body_schema is not None and bytes(found.body_schema) == b'{"type":"object"}'
    assert set(found.response_schema) == {"200"}
    assert found.query_params == (QueryParam("page", "which"), QueryParam("x"))
    assert (found.strict_emits, found.validation) == (True, "warn")
    assert found.handler == HandlerRules(timeout=5, ram_mb=512, cpu=0.25, fresh=True, pool="heavy")
    assert (found.line, found.middleware, found.validates, found.inferred) == (7, 2, True, ("the path",))
    assert (found.file, found.member, found.runner, found.language) == ("src/a.step.ts", "", "node", "typescript")


def test_an_event_step_with_every_key() -> None:
    found = one_step(
        {
            "type": "event",
            "name": "Charge",
            "subscribes": ["b", "a", "b"],
            "emits": [],
            "input": {"type": "object"},
            "onFailure": "Refund",
            "validation": "enforce",
            "infrastructure": {
                "handler": {"timeout": 900},
                "queue": {
                    "type": "fifo",
                    "maxRetries": 0,
                    "visibilityTimeout": 901,
                    "delaySeconds": 900,
                    "concurrency": 4,
                    "backoff": {"first": 2, "factor": 1, "cap": 9, "jitter": 0},
                },
            },
        }
    )
    assert (found.topics, found.all_topics, found.emits) == (("b", "a"), False, ())
    assert (found.on_failure, found.validation) == ("Refund", "enforce")
    assert found.queue == QueueRules(
        fifo=True, max_retries=0, visibility_timeout=901, delay=900, concurrency=4, backoff=Backoff(2, 1, 9, 0)
    )


@pytest.mark.parametrize(
    "config", [{"subscribes": ["*"]}, {"allTopics": True}, {"subscribes": ["*"], "allTopics": True}]
)
def test_all_topics(config: dict[str, object]) -> None:
    found = one_step({"type": "event", "name": "All", **config})
    assert (found.all_topics, found.topics) == (True, ())


def test_an_event_step_reached_by_its_name_only() -> None:
    found = one_step(
        {"type": "event", "name": "send-mail", "concurrency": 5, "infrastructure": {"queue": {"concurrency": 2}}}
    )
    assert (found.topics, found.queue.concurrency) == ((), 5)


def test_a_cron_step_with_every_key() -> None:
    found = one_step(
        {
            "type": "cron",
            "name": "Daily",
            "cron": "0 9 * * *",
            "timezone": "Europe/Paris",
            "overlap": "allow",
            "catchUp": 60,
            "onFailure": "tell",
        }
    )
    assert (found.cron, found.timezone, found.overlap, found.catch_up) == ("0 9 * * *", "Europe/Paris", "allow", 60)
    assert found.on_failure == "tell"
    plain = one_step({"type": "cron", "name": "Daily", "cron": "0 9 * * *"})
    assert (plain.timezone, plain.overlap, plain.catch_up, plain.on_failure) == (None, "skip", 0, None)


def test_defaults() -> None:
    found = one_step({"name": "A", **API})
    assert found.emits is None
    assert (found.handler, found.queue) == (HandlerRules(), QueueRules())
    assert (found.body_schema, found.validation, found.strict_emits) == (None, None, False)


def test_the_project_sets_the_default_of_retries() -> None:
    report = FileReport(file="src/a.step.ts", steps=[step({"type": "event", "name": "A", "subscribes": ["t"]})])
    assert define(report, candidate(), max_retries=9).steps[0].queue.max_retries == 9


def test_null_means_left_out() -> None:
    found = one_step(
        {"name": "A", **API, "emits": None, "bodySchema": None, "infrastructure": None, "strictEmits": None}
    )
    assert (found.emits, found.body_schema, found.strict_emits) == (None, None, False)


@pytest.mark.rows(307)
def test_snake_case_keys_are_taken() -> None:
    found = one_step(
        {
            "type": "event",
            "name": "A",
            "subscribes": ["t"],
            "virtual_emits": ["v"],
            "on_failure": "F",
            "infrastructure": {"queue": {"max_retries": 7, "delay_seconds": 2}},
        }
    )
    assert (found.virtual_emits, found.on_failure) == ((Emit("v"),), "F")
    assert (found.queue.max_retries, found.queue.delay) == (7, 2)


@pytest.mark.rows(223, 287)
def test_a_noop_step() -> None:
    found = one_step(
        {"type": "noop", "name": "Wait", "virtualEmits": ["/x"], "virtualSubscribes": [], "flows": ["f"]},
        has_handler=False,
    )
    assert (found.kind, found.virtual_emits, found.flows) == ("noop", (Emit("/x"),), ("f",))
    [(code, text, _)] = problems({"type": "noop", "name": "Alone"}, has_handler=False)
    assert (code, "drawn alone" in text) == ("ignored_key", True)


def test_a_stream_with_every_key() -> None:
    config = {
        "name": "chat",
        "description": "talk",
        "schema": {"type": "object"},
        "baseConfig": {"storageType": "default"},
        "ttl": 60,
        "sse": "/chat/:groupId",
        "__motia_hasCanAccess": True,
    }
    for file, given in (("src/chat.stream.ts", config), ("src/a.step.ts", {"type": "stream", **config})):
        report = FileReport(file=file, steps=[step(given, can_access=True, has_handler=False)])
        found = define(report, candidate(file))
        assert (found.problems, found.steps, found.broken) == ((), (), False)
        [stream] = found.streams
        assert (stream.name, stream.description, stream.ttl, stream.sse) == ("chat", "talk", 60, "/chat/:groupId")
        assert (stream.guarded, stream.storage_type, stream.file) == (True, "default", file)
        assert stream.schema is not None and msgspec.json.decode(stream.schema) == {"type": "object"}


@pytest.mark.rows(225)
def test_the_ttl_of_the_base_config_counts() -> None:
    config = {"name": "s", "schema": None, "baseConfig": {"storageType": "default", "ttl": 3600}}
    found = define(FileReport(file="src/s.stream.ts", steps=[step(config)]), candidate("src/s.stream.ts"))
    assert (found.problems, found.streams[0].ttl) == ((), 3600)


def test_a_schema_is_passed_on_to_the_letter() -> None:
    schema = b'{"type":"object","x":1e400,"n":123456789012345678901234567890}'
    report = StepReport(member="", config=Raw(b'{"type":"event","name":"E","input":' + schema + b"}"))
    found = define(FileReport(file="src/a.step.ts", steps=[report]), candidate())
    assert found.steps[0].input_schema is not None
    assert bytes(found.steps[0].input_schema) == schema


def test_one_bad_step_leaves_the_others_of_its_file() -> None:
    report = FileReport(file="src/a.step.ts", steps=[step(EVENT, member="x"), step({"type": "?"}, member="y", line=9)])
    found = define(report, candidate())
    assert ([one.member for one in found.steps], found.broken) == (["x"], True)
    assert (found.problems[0].file, found.problems[0].line) == ("src/a.step.ts", 9)


def test_a_file_error_is_passed_on() -> None:
    error = SourceError(code="syntax", message="no", line=3, column=4, hint="h", stack="s")
    warning = SourceError(code="bad_schema", message="open", line=1, file="src/lib.ts")
    found = define(FileReport(file="src/a.step.ts", error=error, warnings=[warning]), candidate())
    assert found.broken
    first, second = found.problems
    assert (first.code, first.file, first.line, first.column, first.hint, first.stack) == (
        "syntax",
        "src/a.step.ts",
        3,
        4,
        "h",
        "s",
    )
    assert (second.code, second.file) == ("bad_schema", "src/lib.ts")


def test_a_loose_file_may_hold_nothing() -> None:
    report = FileReport(file="motia/steps/a.ts", error=SourceError(code="no_config", message="none"))
    assert define(report, candidate("motia/steps/a.ts", "maybe")) == define(FileReport(file="x"), candidate())
    assert define(report, candidate("motia/steps/a.ts", "step")).broken
    syntax = FileReport(file="motia/steps/a.ts", error=SourceError(code="syntax", message="no"))
    assert define(syntax, candidate("motia/steps/a.ts", "maybe")).broken


def test_ids_are_stable_and_distinct() -> None:
    assert step_id("src/a.step.ts", "") == "e9fb007c-7cbd-5386-bb48-eff05d030070"
    ids = {step_id(file, member) for file in ("a", "b") for member in ("", "x", "y")}
    assert len(ids) == 6
