"""The one 400, whoever found the mistake and whatever the language; its place among middleware; what warns, what is off."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.kit.project import write
from tests.kit.server import Answer, Server, motia, serving, until
from tests.schemas.shop import FILES

LANGUAGES = ("ts", "js", "py", "rb")
# The schema every `core` step has, and the mistakes every one of them must find in the same body.
MISTAKEN = {"id": "", "items": [{"price": 1}, {"price": "x"}, {}], "kind": "c"}
FOUND = {("id", "minLength"), ("items.1.price", "type"), ("items.2.price", "required"), ("kind", "enum")}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(write(tmp_path_factory.mktemp("shop"), FILES)) as server:
        yield server


def issues(answer: Answer) -> set[tuple[str, str]]:
    """Path and code of each issue of a 400, whose shape is always the same."""
    assert answer.status == 400, answer
    body = answer.json
    assert list(body) == ["error", "issues", "traceId"]
    assert body["error"] == "Validation failed"
    assert body["traceId"] == answer.headers["x-trace-id"]
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.headers["access-control-allow-origin"] == "*"
    for issue in body["issues"]:
        assert list(issue) == ["path", "message", "code"]
        assert issue["message"]
    return {(issue["path"], issue["code"]) for issue in body["issues"]}


def test_every_file_is_served(shop: Server) -> None:
    rows = json.loads(motia(shop.project, "list", "--json").stdout)
    assert [row for row in rows if row["error"]] == []
    assert len(rows) == len(FILES)


@pytest.mark.rows(80)
@pytest.mark.parametrize("language", [
    "ts", pytest.param("js", marks=pytest.mark.rows(201)), pytest.param("py", marks=pytest.mark.rows(307)), "rb",
])  # fmt: skip
def test_a_body_that_breaks_the_schema_is_refused(shop: Server, language: str) -> None:
    assert issues(shop.post(f"/core/{language}", MISTAKEN)) == FOUND
    assert ("id", "required") in issues(shop.post(f"/core/{language}", {"items": []}))
    assert issues(shop.post(f"/core/{language}", [])) == {("", "type")}
    # No body at all is an empty one, and nothing is filled in that could hide what is missing.
    assert issues(shop.post(f"/core/{language}")) == {("id", "required"), ("items", "required")}


@pytest.mark.rows(81)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_body_as_sent_plus_defaults(shop: Server, language: str) -> None:
    answer = shop.post(f"/core/{language}", {"id": "1", "items": [], "more": {"x": 1}, "note": {}})
    assert answer.json == {"id": "1", "items": [], "more": {"x": 1}, "note": {"by": "me"}, "kind": "a"}
    assert shop.post(f"/core/{language}", {"id": "1", "items": [], "kind": "b"}).json["kind"] == "b"


@pytest.mark.rows(200)
@pytest.mark.parametrize("language", ["ts", "py"])
def test_what_only_the_library_sees_is_refused_alike(shop: Server, language: str) -> None:
    path = f"/own/{language}"
    assert issues(shop.post(path, {"name": "x", "n": 9})) == {("name", "minLength"), ("n", "maximum")}
    assert issues(shop.post(path, {"n": "nonsense", "name": "xy"})) == {("n", "type")}
    assert issues(shop.post(path, {"n": 1, "name": "xy", "extra": {"x": 1, "y": 2}})) == {
        ("extra.y", "additionalProperties")
    }
    assert ("name", "required") in issues(shop.post(path, {"n": 1}))
    refused = shop.post(path, {"name": "bad", "n": "1"})
    assert {code for _, code in issues(refused)} == {"custom"}
    assert refused.json["issues"][0]["message"] == "not bad"
    # Coerced for the check, handed on as sent; a default that is made anew each time is made anew each time.
    first, second = (shop.post(path, {"name": "good", "n": "4"}).json for _ in range(2))
    assert (first["name"], first["n"]) == ("good", "4")
    assert first["at"].startswith("late-")
    assert first["at"] != second["at"]


def test_the_authors_words_reach_the_client(shop: Server) -> None:
    assert shop.post("/own/ts", {"name": "x", "n": 1}).json["issues"][0]["message"] == "too short"
    assert shop.post("/own/ts", {"n": 1}).json["issues"][0]["message"] == "a name, please"
    assert shop.post("/own/ts", {"name": 7, "n": 1}).json["issues"][0]["message"] == "a name, please"


@pytest.mark.rows(79)
def test_builders_get_the_parsed_body(shop: Server) -> None:
    assert shop.post("/parsed/ts", {"n": "4", "t": "four", "more": 1}).json == {"n": 4, "t": 4, "d": "x"}
    assert shop.post("/parsed/py", {"n": "4", "t": "four"}).json == {"n": 5, "kind": "Body", "d": "x"}
    assert issues(shop.post("/parsed/ts", {"n": "four", "t": "x"})) == {("n", "type")}
    assert issues(shop.post("/parsed/py", {"n": "four", "t": "x"})) == {("n", "type")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_guard_answers_before_the_body_is_judged(shop: Server, language: str) -> None:
    assert shop.post(f"/guarded/{language}", {"a": "x"}).status == 401
    key = {"x-key": "k"}
    assert issues(shop.post(f"/guarded/{language}", {"a": "x"}, headers=key)) == {("a", "type")}
    assert shop.post(f"/guarded/{language}", {"a": 1.5}, headers=key).json == {"a": 1.5}


@pytest.mark.parametrize("language", LANGUAGES)
def test_middleware_may_catch_the_verdict(shop: Server, language: str) -> None:
    assert shop.post(f"/mapped/{language}", {}).status == 401
    answer = shop.post(f"/mapped/{language}", {}, headers={"x-key": "k"})
    assert answer.status == 422
    assert answer.json["name"] == "ValidationError"
    assert [(issue["path"], issue["code"]) for issue in answer.json["issues"]] == [("a", "required")]


def test_middleware_catches_what_the_worker_found_too(shop: Server) -> None:
    sent = {"a": 1, "b": "no"}
    assert issues(shop.post("/guarded/ts", sent, headers={"x-key": "k"})) == {("b", "custom")}
    answer = shop.post("/mapped/ts", sent, headers={"x-key": "k"})
    assert (answer.status, answer.json["issues"][0]["message"]) == (422, "never no")


@pytest.mark.parametrize(("step", "body"), [("lax", {"a": "x"}), ("late", {"a": "y"})])
def test_a_check_may_warn_or_be_off(shop: Server, step: str, body: object) -> None:
    for mode in ("warn", "off"):
        assert shop.post(f"/{step}/{mode}", body).json == body

    def warned(mode: str) -> list[Any]:
        lines = [line for line in shop.logs() if line["level"] == "warn"]
        return [line for line in lines if f"/{step}/{mode}" in line["msg"] or f"{step}-{mode}" in json.dumps(line)]

    # Once per request: not by the core and by the worker.
    assert len(until(lambda: warned("warn"))) == 1
    assert warned("off") == []


@pytest.mark.parametrize("path", ["/reading", "/reading/py"])
def test_a_read_without_a_body_is_not_checked(shop: Server, path: str) -> None:
    assert shop.get(path).status == 200
    assert issues(shop.post(path)) == {("a", "required")}


@pytest.mark.rows(202)
def test_an_answer_that_breaks_its_schema_is_warned_about(shop: Server) -> None:
    assert shop.get("/reading").json == {"ok": "not a boolean"}
    lines = until(lambda: [line for line in shop.logs() if "responseSchema" in line["msg"]])
    assert "the 200 response of reading" in lines[0]["msg"]


def test_objects_are_open_unless_the_author_closed_them(shop: Server) -> None:
    assert issues(shop.post("/strict", {"a": 1, "b": 2})) == {("b", "additionalProperties")}
    assert shop.post("/strict", {"a": 1}).status == 200


def test_patterns_cannot_hang_the_server(shop: Server) -> None:
    assert shop.post("/pattern", {"linear": "a" * 50}).status == 200
    assert issues(shop.post("/pattern", {"linear": "a" * 50 + "!"})) == {("linear", "pattern")}
    assert issues(shop.post("/pattern", {"around": "abc"})) == {("around", "pattern")}
    assert issues(shop.post("/pattern", {"around": "a1x"})) == {("around", "pattern")}
    assert shop.post("/pattern", {"around": "a1"}).status == 200
    # A hundred of them cost what one costs: the first that reaches the limit decides.
    refused = shop.post("/pattern", {"costly": ["a" * 60 + "b"] * 100})
    assert issues(refused) == {("costly.0", "pattern")}
    assert refused.json["issues"][0]["message"] == "takes too long to compare with its pattern"


@pytest.mark.parametrize(("key", "good", "bad"), [
    ("mail", ["a@b.co", "o'hara+x@sub.example.museum", '"a b"@c.de'], ["a", "a@", "a b@c.de"]),
    ("id", ["550e8400-e29b-41d4-a716-446655440000", "urn:uuid:550e8400-e29b-41d4-a716-446655440000"], ["550e8400"]),
    ("at", ["2020-01-01T00:00:00Z", "2020-01-01T00:00:00.123456+02:00", "2020-01-01 10:00"], ["yesterday", "10:00"]),
])  # fmt: skip
def test_formats_refuse_what_is_plainly_wrong(shop: Server, key: str, good: list[str], bad: list[str]) -> None:
    for text in good:
        assert shop.post("/pattern", {key: text}).status == 200, text
    for text in bad:
        assert issues(shop.post("/pattern", {key: text})) == {(key, "format")}, text
