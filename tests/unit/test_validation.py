"""Schemas as authors write them: what passes, what is said about the rest."""

from __future__ import annotations

import json

import pytest
from msgspec import Raw

from motia_core.validation import Issue, Validator, Validators

DRAFT_7 = "http://json-schema.org/draft-07/schema#"


def validator(schema: object, limit: int = 1_000_000) -> Validator:
    return Validator(Raw(json.dumps(schema).encode()), regex_limit=limit)


ORDER = {
    "type": "object",
    "required": ["id", "items"],
    "properties": {
        "id": {"type": "string", "minLength": 2},
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["price"],
                "properties": {"price": {"type": "number", "minimum": 0}},
            },
        },
        "note": {"anyOf": [{"type": "null"}, {"type": "object", "required": ["by"]}]},
    },
}


@pytest.mark.parametrize(
    ("value", "issues"),
    [
        ({"id": "ab", "items": [], "more": 1}, []),
        ({}, [("id", "required"), ("items", "required")]),
        ({"id": 1, "items": {}}, [("id", "type"), ("items", "type")]),
        ({"id": "a", "items": [{"price": 1}, {"price": -1}, {}]}, [
            ("id", "minLength"), ("items.1.price", "minimum"), ("items.2.price", "required"),
        ]),
        ({"id": "ab", "items": [], "note": {}}, [("note.by", "required")]),
        ({"id": "ab", "items": [], "note": 3}, [("note", "anyOf")]),
        ([], [("", "type")]),
    ],
)  # fmt: skip
def test_issues_name_the_place_and_the_rule(value: object, issues: list[tuple[str, str]]) -> None:
    assert sorted((issue.path, issue.code) for issue in validator(ORDER).check(value)) == sorted(issues)


def test_messages_never_echo_the_value() -> None:
    found = validator({"type": "object", "properties": {"password": {"type": "integer"}}}).check(
        {"password": "hunter2"}
    )
    assert found == [Issue("password", 'is not of type "integer"', "type")]


def test_unexpected_keys_are_named() -> None:
    found = validator({"properties": {"a": {}}, "additionalProperties": False}).check({"a": 1, "b": 2, "c": 3})
    assert [(issue.path, issue.code) for issue in found] == [
        ("b", "additionalProperties"),
        ("c", "additionalProperties"),
    ]


def test_both_drafts() -> None:
    old = validator({"$schema": DRAFT_7, "items": [{"type": "string"}], "additionalItems": False})
    new = validator({"prefixItems": [{"type": "string"}], "items": False})
    for one in (old, new):
        assert one.problem is None
        assert one.check(["a"]) == []
        assert one.check([1])
        assert one.check(["a", "b"])


def test_numbers_as_json_schema_means_them() -> None:
    whole = validator({"type": "integer", "maximum": 2**80})
    assert whole.check(1.0) == [] and whole.check(2**70) == []
    assert whole.check(True) and whole.check(2**81)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "strange"},
        {"$ref": "#/nowhere"},
        {"$ref": "http://example.test/schema.json"},
        {"$schema": "http://example.test/own"},
        {"pattern": "("},
        "text",
        17,
    ],
)
def test_a_schema_that_does_not_compile_says_why_and_lets_all_pass(schema: object) -> None:
    one = validator(schema)
    assert one.problem
    assert one.check({"anything": 1}) == []
    assert one.fill({}) == {}


def test_a_problem_names_its_place() -> None:
    assert (validator({"properties": {"a": {"type": "strange"}}}).problem or "").startswith("at properties.a.type: ")


@pytest.mark.timeout(20)
def test_patterns_run_in_linear_time_where_they_can() -> None:
    """Backtracking would not end within the timeout."""
    one = validator({"pattern": "^(a+)+$"})
    assert not one.backtracks
    assert one.check("a" * 50_000 + "b")


def test_look_around_works_and_is_bounded() -> None:
    one = validator({"pattern": "^(?=.*\\d)(?!x).+$"})
    assert one.backtracks and one.problem is None
    assert one.check("a1") == []
    assert one.check("x1") and one.check("ab")
    bomb = validator({"pattern": "^(a|a?)+(?<!b)$"}, limit=10_000)
    assert [issue.code for issue in bomb.check("a" * 50 + "b")] == ["pattern"]


@pytest.mark.parametrize(
    ("name", "fine", "wrong"),
    [
        ("email", "a@b.co", "nobody"),
        ("uri", "mailto:x@y.z", "no scheme"),
        ("date-time", "2024-01-02T03:04:05", "yesterday"),
        ("date", "2024-01-02", "2.1.2024"),
        ("uuid", "7f1c3ff29b0040d0aefbdd7efb8bca49"[:32], "7f1c"),
        ("ipv4", "10.0.0.1", "10.0.0"),
        ("ipv6", "::1", "10.0.0.1"),
    ],
)
def test_formats_refuse_only_what_is_plainly_wrong(name: str, fine: str, wrong: str) -> None:
    one = validator({"type": "string", "format": name})
    assert one.check(fine) == []
    assert [issue.code for issue in one.check(wrong)] == ["format"]


def test_formats_libraries_disagree_about_are_open() -> None:
    for name in ("hostname", "duration", "uri-reference", "regex", "made-up"):
        assert validator({"format": name}).check("(?<x") == []


def test_issues_are_bounded() -> None:
    assert len(validator({"items": {"type": "string"}}).check(list(range(1000)))) == 100


def test_each_schema_is_compiled_once() -> None:
    shared = Validators(regex_limit=1000, most=2)
    one = shared.of(Raw(b'{"type":"string"}'))
    assert shared.of(Raw(b'{"type":"string"}')) is one
    shared.of(Raw(b"{}"))
    shared.of(Raw(b"true"))
    assert shared.of(Raw(b'{"type":"string"}')) is not one
