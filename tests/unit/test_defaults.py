"""Defaults are filled wherever a schema says so, and nothing is copied that stays as it is."""

from __future__ import annotations

import pytest

from motia_core.defaults import compile_defaults


@pytest.mark.parametrize(
    ("schema", "given", "filled"),
    [
        ({"properties": {"n": {"default": 1}}}, {}, {"n": 1}),
        ({"properties": {"n": {"default": 1}}}, {"n": None}, {"n": None}),
        ({"properties": {"a": {"properties": {"n": {"default": 1}}}}}, {"a": {"m": 2}}, {"a": {"m": 2, "n": 1}}),
        ({"properties": {"a": {"properties": {"n": {"default": 1}}}}}, {}, {}),
        ({"items": {"properties": {"n": {"default": []}}}}, [{}, 3, {"n": 1}], [{"n": []}, 3, {"n": 1}]),
        ({"prefixItems": [{}, {"properties": {"n": {"default": 1}}}]}, [{}, {}, {}], [{}, {"n": 1}, {}]),
        ({"items": [{"properties": {"n": {"default": 1}}}], "additionalItems": {}}, [{}, {}], [{"n": 1}, {}]),
        (
            {"allOf": [{"properties": {"a": {"default": 1}}}, {"properties": {"b": {"default": 2}}}]},
            {},
            {"a": 1, "b": 2},
        ),
        ({"anyOf": [{"properties": {"a": {"default": 1}}}, {"type": "null"}]}, {}, {"a": 1}),
        ({"anyOf": [{"properties": {"a": {"default": 1}}}, {"type": "object"}]}, {}, {}),
        ({"additionalProperties": {"properties": {"n": {"default": 1}}}}, {"x": {}}, {"x": {"n": 1}}),
        ({"$ref": "#/$defs/a~1b", "$defs": {"a/b": {"properties": {"n": {"default": 1}}}}}, {}, {"n": 1}),
        ({"properties": {"n": {"$ref": "#/$defs/n"}}, "$defs": {"n": {"default": 7}}}, {}, {"n": 7}),
        ({"properties": {"n": {"$ref": "http://x.test/"}}}, {}, {}),
        ({"properties": {"a": True, "b": {"default": 1}}}, {}, {"b": 1}),
    ],
)
def test_where_defaults_come_from(schema: object, given: object, filled: object) -> None:
    fill = compile_defaults(schema)
    assert (given if fill is None else fill(given)) == filled


def test_nothing_to_fill_is_the_same_object() -> None:
    schema = {"properties": {"n": {"default": 1}, "a": {"items": {"properties": {"m": {"default": 1}}}}}}
    fill = compile_defaults(schema)
    assert fill is not None
    value = {"n": 2, "a": [{"m": 1}]}
    assert fill(value) is value
    assert fill("text") == "text"
    changed = {"n": 2, "a": [{}]}
    assert fill(changed) == {"n": 2, "a": [{"m": 1}]}
    assert changed == {"n": 2, "a": [{}]}


def test_recursive_schemas_end() -> None:
    tree = {"properties": {"k": {"default": 1}, "kids": {"items": {"$ref": "#"}}, "next": {"$ref": "#", "default": {}}}}
    fill = compile_defaults(tree)
    assert fill is not None
    assert fill({"kids": [{"kids": []}], "next": None}) == {
        "k": 1,
        "next": None,
        "kids": [{"k": 1, "kids": [], "next": {}}],
    }


def test_schemas_without_defaults_compile_to_nothing() -> None:
    for schema in (
        True,
        {},
        {"properties": {"a": {"type": "string"}}},
        {"$ref": "#"},
        {"items": {"$ref": "#/nowhere"}},
    ):
        fill = compile_defaults(schema)
        assert fill is None or fill({"a": 1}) == {"a": 1}
