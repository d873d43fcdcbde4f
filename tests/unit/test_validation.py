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
        "by": {
            "oneOf": [
                {
                    "type": "object",
                    "required": ["x"],
                    "properties": {"kind": {"const": "card"}, "x": {"type": "number"}},
                },
                {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "cash"}}},
            ]
        },
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
        ({"id": "ab", "items": [], "by": {"kind": "card"}}, [("by.x", "required")]),
        ({"id": "ab", "items": [], "by": {"kind": "bill"}}, [("by", "oneOf")]),
        ([], [("", "type")]),
    ],
)  # fmt: skip
def test_issues_name_the_place_and_the_rule(value: object, issues: list[tuple[str, str]]) -> None:
    assert sorted((issue.path, issue.code) for issue in validator(ORDER).check(value)) == sorted(issues)


def test_a_union_says_whether_it_fits_none_or_too_many() -> None:
    union = validator({"oneOf": [{"type": "integer"}, {"minimum": 3}]})
    assert [issue.message for issue in union.check(5)] == ["fits more than one of the allowed forms"]
    union = validator({"anyOf": [{"type": "integer"}, {"type": "null"}]})
    assert [issue.message for issue in union.check("x")] == ["fits none of the allowed forms"]


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
    assert [(issue.code, issue.message) for issue in one.check(wrong)] == [("format", f"is not a valid {name}")]


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


def test_what_other_tools_write_is_understood() -> None:
    nullable = validator({"properties": {"a": {"type": "string", "nullable": True, "default": "x"}}})
    assert [bool(nullable.check({"a": value})) for value in ("b", None, 1)] == [False, False, True]
    assert nullable.fill({}) == {"a": "x"}
    own = validator({"$schema": "https://example.test/dialect", "type": "string"})
    assert (own.problem, bool(own.check(1)), own.check("a")) == (None, True, [])


def test_a_default_may_be_all_that_was_missing() -> None:
    one = validator({"required": ["a"], "properties": {"a": {"type": "number", "default": 1}}})
    assert one.judge({}) == ([], {"a": 1})
    assert one.judge({"a": "x"})[0]
    odd = validator({"properties": {"a": {"type": "string", "minLength": 3, "default": ""}}})
    assert odd.judge({}) == ([], {"a": ""})


def test_one_text_too_costly_to_match_ends_the_check() -> None:
    one = validator({"items": {"pattern": r"(?<!y)(a|aa|aaa)+\1\1$"}}, limit=10_000)
    assert one.check(["a" * 60 + "b"] * 50) == [Issue("0", "takes too long to compare with its pattern", "pattern")]


def test_all_comparisons_together_have_a_budget() -> None:
    """Each text stays below the step limit and passes; a long list of them would take hours."""
    one = validator({"items": {"pattern": "^(?:(a|a?)+(?<!b)$|.*)"}}, limit=1_000_000)
    assert one.check(["a" * 12 + "b"]) == []
    assert [issue.message for issue in one.check(["a" * 15 + "b"] * 60)] == [
        "takes too long to compare with its pattern"
    ]
    assert one.check(["a" * 12 + "b"]) == []


@pytest.mark.parametrize(
    ("schema", "value", "issue"),
    [
        ({"items": {"type": "string"}}, [1] * 200_000, Issue("0", 'is not of type "string"', "type")),
        (
            {"anyOf": [{"items": {"type": "string"}}, {"items": {"type": "null"}}]},
            [1] * 200_000,
            Issue("", "does not match its schema", "schema"),
        ),
    ],
)
def test_a_large_value_that_is_wrong_everywhere_is_told_so_once(schema: object, value: object, issue: Issue) -> None:
    assert validator(schema).check(value) == [issue]


def test_a_small_value_is_told_everything() -> None:
    assert len(validator({"items": {"type": "string"}}).check([1] * 90)) == 90
