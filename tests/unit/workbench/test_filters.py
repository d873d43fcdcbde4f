"""Filters of state values: each operation, on each sort of value."""

from __future__ import annotations

import json
from typing import Any

import pytest

from motia_core.workbench.asked import BadBody
from motia_core.workbench.filters import holds, parse

VALUE = {"name": "Ada Lovelace", "age": 36, "big": "100", "yes": True, "none": None, "list": [1, 2]}


@pytest.mark.parametrize(
    ("key", "operation", "value", "verdict"),
    [
        ("name", "eq", "Ada Lovelace", True),
        ("name", "neq", "Ada Lovelace", False),
        ("name", "contains", "Love", True),
        ("name", "notContains", "Love", False),
        ("name", "startsWith", "Ada", True),
        ("name", "endsWith", "Ada", False),
        ("age", "eq", "36", True),
        ("age", "gt", 9, True),
        ("age", "gte", "36", True),
        ("age", "lt", "100", True),
        ("big", "gt", "9", True),
        ("age", "lte", 35, False),
        ("name", "lt", "B", True),
        ("yes", "eq", True, True),
        ("yes", "eq", "true", True),
        ("yes", "eq", 1, False),
        ("list", "eq", [1, 2], True),
        ("list", "contains", "2", True),
        ("none", "isNull", None, True),
        ("missing", "isNull", None, True),
        ("name", "isNull", None, False),
        ("name", "isNotNull", None, True),
        ("missing", "neq", "x", True),
        ("missing", "eq", "null", False),
        ("missing", "gt", 0, False),
        ("missing", "notContains", "x", True),
        ("key", "eq", "k-1", True),
        ("key", "endsWith", "1", True),
    ],
)
def test_an_operation_says_what_it_means(key: str, operation: str, value: Any, verdict: bool) -> None:
    filters = parse(json.dumps([{"valueKey": key, "operation": operation, "value": value}]))
    assert holds(filters, "k-1", VALUE) is verdict


def test_all_must_hold_and_values_that_are_no_objects_have_only_their_key() -> None:
    both = parse('[{"valueKey":"age","operation":"gt","value":1},{"valueKey":"name","operation":"eq","value":"x"}]')
    assert not holds(both, "k", VALUE)
    assert holds(parse('[{"valueKey":"key","operation":"eq","value":"k"}]'), "k", "text")
    assert holds(parse('[{"valueKey":"key","operation":"eq","value":"own"}]'), "k", {"key": "own"})
    assert not holds(parse('[{"valueKey":"age","operation":"eq","value":"36"}]'), "k", [36])
    assert holds(parse(""), "k", None)


@pytest.mark.parametrize("text", ["{", "{}", "[1]", '[{"valueKey":"a","operation":"like"}]', '[{"operation":"eq"}]'])
def test_what_is_no_filter_is_said(text: str) -> None:
    with pytest.raises(BadBody):
        parse(text)
