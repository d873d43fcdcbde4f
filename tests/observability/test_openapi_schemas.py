"""Schemas of any draft in the words of OpenAPI 3.1: definitions, references, older keywords; and values that fit them."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from msgspec import Raw

from motia_core.openapi.examples import NoExample, example
from motia_core.openapi.schemas import Components
from tests.observability.test_openapi_document import made


def test_definitions_become_components_once_and_names_do_not_clash() -> None:
    def model(kind: str) -> dict[str, Any]:
        return {"$defs": {"Item": {"type": kind}}, "type": "object", "properties": {"i": {"$ref": "#/$defs/Item"}}}

    found = made(
        *({"path": f"/{n}", "bodySchema": model(kind)} for n, kind in enumerate(("string", "string", "number")))
    )
    schemas = found["components"]["schemas"]
    assert (schemas["Item"], schemas["Item_2"]) == ({"type": "string"}, {"type": "number"})
    used = [
        found["paths"][f"/{n}"]["post"]["requestBody"]["content"]["application/json"]["schema"]["properties"]["i"][
            "$ref"
        ]
        for n in range(3)
    ]
    assert used == [f"#/components/schemas/{name}" for name in ("Item", "Item", "Item_2")]
    assert "$defs" not in str(found)


def test_definitions_that_differ_only_in_what_they_refer_to_are_two() -> None:
    def model(kind: str) -> dict[str, Any]:
        item = {"type": "array", "items": {"$ref": "#/$defs/Part"}}
        return {"$defs": {"Item": item, "Part": {"type": kind}}, "properties": {"i": {"$ref": "#/$defs/Item"}}}

    found = made(*({"path": f"/{kind}", "bodySchema": model(kind)} for kind in ("string", "number")))
    schemas = found["components"]["schemas"]
    assert schemas["Item"]["items"] == {"$ref": "#/components/schemas/Part"}
    assert schemas["Item_2"]["items"] == {"$ref": "#/components/schemas/Part_2"}
    assert (schemas["Part"], schemas["Part_2"]) == ({"type": "string"}, {"type": "number"})


@pytest.mark.parametrize(
    ("given", "wanted", "components"),
    [
        pytest.param(
            {"title": "Node", "type": "object", "properties": {"next": {"$ref": "#"}}},
            {"$ref": "#/components/schemas/Node"}, ["Node"], id="itself",
        ),
        pytest.param(
            {"type": "object", "properties": {"a": {"type": "string"}, "next": {"$ref": "#/properties/a"}}},
            {"$ref": "#/components/schemas/S0_body/properties/a"}, ["S0_body"], id="a place inside",
        ),
        pytest.param(
            {"definitions": {"a/b": {"type": "string"}}, "properties": {"next": {"$ref": "#/definitions/a~1b"}}},
            {"$ref": "#/components/schemas/a_b"}, ["a_b"], id="an odd name",
        ),
        pytest.param(
            {"$id": "http://x/y", "$defs": {"A": {"$anchor": "here", "type": "null"}}, "properties": {"next": {"$ref": "#here"}}},
            {"$ref": "#/components/schemas/A"}, ["A"], id="an anchor",
        ),
        pytest.param(
            {"$schema": "http://json-schema.org/draft-07/schema#", "items": [{"type": "null"}], "properties": {"next": {"$ref": "#/items/0"}}},
            {"$ref": "#/components/schemas/S0_body/prefixItems/0"}, ["S0_body"], id="a place that moves",
        ),
    ],
)  # fmt: skip
def test_references_lead_where_they_led(given: Any, wanted: Any, components: list[str]) -> None:
    found = made({"path": "/x", "bodySchema": given})
    schema = found["paths"]["/x"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert schema["properties"]["next"] == wanted
    assert [name for name in found["components"]["schemas"] if "Error" not in name] == components


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"type": "string", "nullable": True, "enum": ["a"]}, {"type": ["string", "null"], "enum": ["a", None]}),
        ({"enum": [1], "nullable": True, "title": "T"}, {"anyOf": [{"enum": [1]}, {"type": "null"}], "title": "T"}),
        ({"type": "string", "example": "x"}, {"type": "string", "examples": ["x"]}),
        (
            {"$schema": "http://json-schema.org/draft-04/schema#", "type": "number", "minimum": 1, "exclusiveMinimum": True},
            {"type": "number", "exclusiveMinimum": 1},
        ),
        (
            {"$schema": "http://json-schema.org/draft-07/schema#", "items": [True, {"type": "null"}], "additionalItems": False},
            {"prefixItems": [{}, {"type": "null"}], "items": {"not": {}}},
        ),
        (
            {"$schema": "http://json-schema.org/draft-07/schema#", "dependencies": {"a": ["b"], "c": {"type": "object"}}},
            {"dependentRequired": {"a": ["b"]}, "dependentSchemas": {"c": {"type": "object"}}},
        ),
        ({"properties": {"nullable": {"const": {"$ref": "#"}}}}, {"properties": {"nullable": {"const": {"$ref": "#"}}}}),
        (True, {}),
        (False, {"not": {}}),
        ({"type": "nonsense"}, {}),
    ],
)  # fmt: skip
def test_other_drafts_in_the_words_of_3_1(given: Any, wanted: Any) -> None:
    assert Components().place(Raw(msgspec.json.encode(given)), "x") == wanted


@pytest.mark.parametrize(
    ("schema", "wanted"),
    [
        ({"type": "string", "format": "email"}, "user@example.com"),
        ({"type": "string", "minLength": 6, "maxLength": 8}, "textxx"),
        ({"type": "integer", "minimum": -5, "exclusiveMinimum": 4, "multipleOf": 5}, 5),
        ({"type": "number", "maximum": -2}, -2),
        ({"type": ["null", "string"]}, None),
        ({"anyOf": [{"pattern": "x", "type": "string"}, {"type": "boolean"}]}, True),
        ({"allOf": [{"properties": {"a": {"const": 1}}}, {"properties": {"b": {"enum": [2]}}}]}, {"a": 1, "b": 2}),
        ({"type": "array", "items": {"type": "integer"}, "minItems": 2}, [1, 1]),
        ({"$ref": "#/components/schemas/A"}, "a"),
        ({"examples": [7], "default": 8}, 7),
    ],
)
def test_examples(schema: Any, wanted: Any) -> None:
    assert example(schema, {"A": {"const": "a"}}) == wanted


def test_an_endless_schema_has_no_example() -> None:
    with pytest.raises(NoExample):
        example({"$ref": "#/components/schemas/A"}, {"A": {"$ref": "#/components/schemas/A"}})
