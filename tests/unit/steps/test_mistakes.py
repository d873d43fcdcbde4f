"""Mistakes in a config: which break the step, which only warn, and what is said about them."""

from __future__ import annotations

import pytest

from motia_core.problems import CODES
from motia_core.protocol.requests import FileReport
from motia_core.steps.definition import define

from .reports import API, EVENT, candidate, problems, step


@pytest.mark.parametrize(
    ("config", "says", "hint"),
    [
        ([], "`config` is no object", ""),
        ({"path": "/x"}, "`type` is missing", "type: 'api'"),
        ({"subscribes": ["x"]}, "`type` is missing", "type: 'event'"),
        ({"cron": "* * * * *"}, "`type` is missing", "type: 'cron'"),
        ({"type": "evnt"}, "no kind of step called 'evnt'", "did you mean `event`?"),
        ({"type": "queue"}, "no kind of step called 'queue'", "api, event, cron, noop, stream"),
        (API, "`name` is missing", "name: 'a'"),
        ({**API, "name": ""}, "`name`: expected text of length >= 1", ""),
        ({**API, "name": None}, "`name` is missing", ""),
        ({**API, "name": 3}, "`name`: expected text, got a whole number", ""),
        ({"type": "api", "name": "A", "method": "GET"}, "`path` is missing", "add `path"),
        ({"type": "api", "name": "A", "path": "/x"}, "`method` is missing", "add `method"),
        ({**API, "name": "A", "path": "x/y"}, "'x/y' needs a leading slash", "write '/x/y'"),
        ({**API, "name": "A", "method": "GTE"}, "no HTTP method 'GTE'", "did you mean `GET`?"),
        ({**API, "name": "A", "method": ["GET", "BREW"]}, "no HTTP method 'BREW'", "GET, POST"),
        ({**API, "name": "A", "routes": [{"path": "z", "method": "GET"}]}, "`routes[0].path`: 'z'", "write '/z'"),
        ({**API, "name": "A", "routes": [{}]}, "`routes[0]`: it lacks `path`", ""),
        ({**API, "name": "A", "flows": ["a", 3]}, "`flows[1]`: expected text, got a whole number", ""),
        ({**API, "name": "A", "emits": "t"}, "`emits`: expected a list", ""),
        ({**API, "name": "A", "emits": [{"label": "x"}]}, "`emits[0]`: it lacks `topic`", ""),
        ({**API, "name": "A", "validation": "maybe"}, "`validation`: invalid enum value 'maybe'", ""),
        ({**API, "name": "A", "responseSchema": []}, "`responseSchema`: expected an object, got a list", ""),
        ({"type": "cron", "name": "C"}, "`cron` is missing", ""),
        ({"type": "cron", "name": "C", "cron": 5}, "`cron`: expected text", ""),
        ({"type": "cron", "name": "C", "cron": "* * * * *", "catchUp": -1}, "`catchUp`: expected a number >= 0", ""),
        ({**EVENT, "subscribes": "t"}, "`subscribes`: expected a list", ""),
        ({**EVENT, "concurrency": 0}, "`concurrency`: expected a whole number >= 1", ""),
        ({**EVENT, "infrastructure": 3}, "`infrastructure`: expected an object", ""),
    ],
)
def test_a_mistake_breaks_the_step(config: object, says: str, hint: str) -> None:
    found = define(FileReport(file="src/a.step.ts", steps=[step(config)]), candidate())
    assert (found.steps, found.broken) == ((), True)
    assert [one.code for one in found.problems] == ["bad_config"]
    assert says in found.problems[0].message
    assert hint in found.problems[0].hint


def test_all_mistakes_are_told_at_once() -> None:
    found = problems(
        {"type": "event", "name": 1, "flows": 2, "subscribes": 3, "infrastructure": {"queue": {"maxRetries": -1}}}
    )
    assert [text.split("`")[1] for _, text, _ in found] == [
        "name",
        "flows",
        "subscribes",
        "infrastructure.queue.maxRetries",
    ]


def test_a_step_without_handler_is_broken() -> None:
    [(code, text, hint)] = problems({**EVENT}, has_handler=False)
    assert (code, "E has a config" in text, "`E`" in hint) == ("no_handler", True, True)


@pytest.mark.parametrize(
    ("extra", "says", "hint"),
    [
        ({"subscribe": ["x"]}, "`subscribe` is not a key of event steps", "did you mean `subscribes`?"),
        ({"path": "/x"}, "`path` is not a key of event steps", "a key of api configs"),
        ({"zzz": 1}, "`zzz` is not a key", ""),
        ({"retry_count": 1}, "`retry_count` is not a key", ""),
        ({"infrastructure": {"qeue": {}}}, "`infrastructure.qeue` is not", "did you mean `queue`?"),
        ({"infrastructure": {"queue": {"retries": 1}}}, "`infrastructure.queue.retries`", "`maxRetries`"),
        ({"id": "other"}, "`id` is not a key", ""),
    ],
)
def test_unknown_keys_warn_and_the_step_serves(extra: dict[str, object], says: str, hint: str) -> None:
    found = define(FileReport(file="src/a.step.ts", steps=[step({**EVENT, **extra})]), candidate())
    assert (len(found.steps), found.broken) == (1, False)
    [problem] = found.problems
    assert problem.code == "unknown_key"
    assert says in problem.message
    assert hint in problem.hint


@pytest.mark.parametrize("extra", [{"middleware": [None]}, {"__motia_hasCanAccess": True}, {"id": "E"}])
def test_leftovers_are_silent(extra: dict[str, object]) -> None:
    assert problems({**EVENT, **extra}) == []


def test_a_custom_store_only_warns() -> None:
    [(code, text, _)] = problems({"name": "s", "baseConfig": {"storageType": "custom"}}, file="src/s.stream.ts")
    assert (code, "custom" in text) == ("ignored_key", True)


@pytest.mark.parametrize("name", ["__motia.logs", "motia-trace-group"])
def test_the_names_of_our_own_streams_are_refused(name: str) -> None:
    [(code, text, _)] = problems({"name": name}, file="src/s.stream.ts")
    assert (code, name in text) == ("bad_config", True)


def test_a_schema_that_is_none_is_left_open() -> None:
    found = define(
        FileReport(file="src/a.step.ts", steps=[step({**API, "name": "A", "bodySchema": "text"})]), candidate()
    )
    assert found.steps[0].body_schema is None
    assert [one.code for one in found.problems] == ["bad_schema"]


def test_every_code_used_is_in_the_table() -> None:
    used = {"bad_config", "unknown_key", "ignored_key", "no_handler", "bad_schema"}
    assert used <= set(CODES)
