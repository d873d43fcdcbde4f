"""What Python authors give as schemas, what the core is told of them, and what the runner checks itself."""

from __future__ import annotations

from typing import Any

import pytest
from python_worker import Worker, api, event, write


def schema_of(worker: Worker, schema: str, head: str = "") -> Any:
    """The `input` and the warnings that are reported."""
    text = event("pass", head=head).replace('"subscribes"', f'"input": {schema}, "subscribes"')
    write(worker.project, {"steps/x_step.py": text})
    report = worker.describe("steps/x_step.py")[0]
    assert "error" not in report, report
    return report["steps"][0]["config"]["input"], [warning["message"] for warning in report["warnings"]]


STRING, INTEGER = {"type": "string"}, {"type": "integer"}


@pytest.mark.parametrize(
    ("schema", "wanted"),
    [
        ("None", None),
        (
            "{'type': 'object', 'properties': {'a': {'type': 'string'}}}",
            {"type": "object", "properties": {"a": STRING}},
        ),
        ("{'$ref': '#/x', 'other': 1}", {"$ref": "#/x", "other": 1}),
        ("{'anyOf': [{'type': 'string'}]}", {"anyOf": [STRING]}),
        ("{}", {}),
        (
            "{'id': 'string', 'n?': 'number'}",
            {"type": "object", "properties": {"id": STRING, "n": {"type": "number"}}, "required": ["id"]},
        ),
        (
            "{'tags': 'string[]', 'x': 'integer?'}",
            {
                "type": "object",
                "properties": {"tags": {"type": "array", "items": STRING}, "x": INTEGER},
                "required": ["tags"],
            },
        ),
        (
            "{'type': 'string', 'id': 'string'}",
            {"type": "object", "properties": {"type": STRING, "id": STRING}, "required": ["type", "id"]},
        ),
        (
            "{'userId': str, 'meta': {'n': int}, 'many': [str]}",
            {
                "type": "object",
                "properties": {
                    "userId": STRING,
                    "meta": {"type": "object", "properties": {"n": INTEGER}, "required": ["n"]},
                    "many": {"type": "array", "items": STRING},
                },
                "required": ["userId", "meta", "many"],
            },
        ),
        (
            "{'a': Optional[int], 'b': List[str], 'c': Dict[str, int]}",
            {
                "type": "object",
                "properties": {
                    "a": {"anyOf": [INTEGER, {"type": "null"}]},
                    "b": {"type": "array", "items": STRING},
                    "c": {"type": "object", "additionalProperties": INTEGER},
                },
                "required": ["b", "c"],
            },
        ),
        ("{'type': 'object', 'properties': {'a': str}}", {"type": "object", "properties": {"a": STRING}}),
        ("Literal['a', 'b']", {"enum": ["a", "b"]}),
        (
            "Data",
            {
                "type": "object",
                "properties": {"a": INTEGER, "b": {"type": "array", "items": STRING, "default": []}},
                "required": ["a"],
            },
        ),
        ("Typed", {"type": "object", "properties": {"a": INTEGER}}),
        ("Colour", {"enum": ["red"]}),
        (
            "Tree",
            {
                "$ref": "#/$defs/Tree",
                "$defs": {
                    "Tree": {
                        "type": "object",
                        "properties": {
                            "name": {**STRING, "default": "x"},
                            "kids": {"type": "array", "items": {"$ref": "#/$defs/Tree"}},
                        },
                        "required": ["kids"],
                    }
                },
            },
        ),
        (
            "{'n': Annotated[int, Between()], 's': Annotated[List[str], Between(), 'which'], 'at': datetime.datetime}",
            {
                "type": "object",
                "properties": {
                    "n": {**INTEGER, "minimum": 1, "exclusiveMaximum": 9},
                    "s": {
                        "type": "array",
                        "items": STRING,
                        "minimum": 1,
                        "exclusiveMaximum": 9,
                        "description": "which",
                    },
                    "at": {**STRING, "format": "date-time"},
                },
                "required": ["n", "s", "at"],
            },
        ),
        ("Tuple[int, str]", {"type": "array", "prefixItems": [INTEGER, STRING], "minItems": 2, "maxItems": 2}),
        (
            "{'title': 'string', 'type': 'string'}",
            {"type": "object", "properties": {"title": STRING, "type": STRING}, "required": ["title", "type"]},
        ),
        ("{'type': 'string', 'title': 'Name'}", {"type": "string", "title": "Name"}),
        ("Paint", {"type": "object", "properties": {"colour": {"enum": ["red"], "default": "red"}}}),
    ],
)
def test_schemas_become_json_schema(worker: Worker, schema: str, wanted: object) -> None:
    head = """
        import dataclasses, datetime, enum
        from typing import Annotated, Dict, List, Literal, Optional, Tuple, TypedDict

        class Between:
            ge, lt = 1, 9

        @dataclasses.dataclass
        class Tree:
            kids: "List[Tree]"
            name: str = "x"

        @dataclasses.dataclass
        class Data:
            a: int
            b: List[str] = dataclasses.field(default_factory=list)

        class Typed(TypedDict, total=False):
            a: int

        class Colour(enum.Enum):
            RED = "red"

        @dataclasses.dataclass
        class Paint:
            colour: Colour = Colour.RED
    """
    assert schema_of(worker, schema, head) == (wanted, [])


@pytest.mark.parametrize("schema", ["42", "object()", "{'a': 'no such type'}", "print"])
def test_what_is_no_schema_warns_and_is_left_open(worker: Worker, schema: str) -> None:
    told, warnings = schema_of(worker, schema)
    assert told in ({}, {"type": "object", "properties": {"a": {}}, "required": ["a"]})
    assert "left open" in warnings[0]


def test_a_schema_that_holds_itself_is_left_open(worker: Worker) -> None:
    told, warnings = schema_of(worker, "itself", "itself = {'a': str}\nitself['b'] = itself")
    assert told == {}
    assert "contains itself" in warnings[0]


def test_types_with_models_in_them_are_checked_by_the_models(worker: Worker) -> None:
    pytest.importorskip("pydantic")
    head = """
        from typing import List
        from pydantic import BaseModel
        class Item(BaseModel):
            price: float
            n: int = 1
    """
    for schema, good, filled, bad in (
        ("List[Item]", [{"price": "1"}], [{"price": "1", "n": 1}], [{"price": "x"}]),
        ("{'item': Item, 'name': str}", {"item": {"price": 1}, "name": "a"}, {"item": {"price": 1, "n": 1}, "name": "a"},
         {"item": {"price": "x"}}),
    ):  # fmt: skip
        text = api("return {'status': 200, 'body': req['body']}", head=head, more=f", 'bodySchema': {schema}")
        write(worker.project, {"steps/x_step.py": text})
        worker.describe("steps/x_step.py", changed=["steps/x_step.py"])
        assert worker.request("steps/x_step.py", good)["body"] == filled
        refused = worker.request("steps/x_step.py", bad)
        assert refused["code"] == 1002
        assert refused["data"]["issues"][0]["path"].endswith("price")
        assert refused["data"]["issues"][0]["code"] == "type"


MODELS = """
    from typing import Annotated, List
    from {0} import BaseModel, Field
    {1}

    class Item(BaseModel):
        price: float
        tags: List[str] = []

    class Order(BaseModel):
        id: int = Field(ge=1)
        items: List[Item]
        {2}
"""
V2 = MODELS.format(
    "pydantic",
    "from pydantic import BeforeValidator, field_validator",
    "early: Annotated[List[int], BeforeValidator(lambda v: v.split(','))] = []\n\n"
    "        @field_validator('id')\n        def even(cls, value):\n            if value % 2:\n"
    "                raise ValueError('must be even')\n            return value",
)
V1 = MODELS.format(
    "pydantic.v1",
    "from pydantic.v1 import validator",
    "early: int = 1\n\n        @validator('id')\n        def even(cls, value):\n            if value % 2:\n"
    "                raise ValueError('must be even')\n            return value",
)


@pytest.mark.parametrize("models", [V2, V1], ids=["v2", "v1"])
@pytest.mark.filterwarnings("ignore")
def test_pydantic_models_are_widened_for_the_core_and_checked_here(worker: Worker, models: str) -> None:
    pytest.importorskip("pydantic")
    text = api("return {'status': 200, 'body': req['body']}", head=models, more=", 'bodySchema': Order")
    write(worker.project, {"steps/x_step.py": text})
    step = worker.describe("steps/x_step.py")[0]["steps"][0]
    assert step["config"]["bodySchema"]["properties"]["id"]["type"] == "integer"
    schema = step["accepts"]
    assert step["validates"] is True
    assert "string" in schema["properties"]["id"]["type"]
    if models is V2:
        assert schema["required"] == ["id", "items"]
    if models is V2:
        assert schema["properties"]["early"] == {}
    sent = {"id": "2", "items": [{"price": 1}]}
    # Dialect (a) gets the body as it came, plus defaults.
    more = {"items": [{"price": 1, "tags": []}], "early": []} if models is V2 else {}
    assert worker.request("steps/x_step.py", sent)["body"] == {**sent, **more}
    refused = worker.request("steps/x_step.py", {"id": 3, "items": [{"price": "x"}]})
    assert refused["code"] == 1002
    paths = {issue["path"]: issue["message"] for issue in refused["data"]["issues"]}
    assert set(paths) == {"id", "items.0.price"}
    assert "must be even" in paths["id"]
    assert worker.request("steps/x_step.py", {"id": 3, "items": []}, validation="off")["status"] == 200
    assert worker.request("steps/x_step.py", {"id": 3, "items": []}, validation="warn")["status"] == 200
    assert any("breaks its schema" in message for message in worker.messages)


def test_events_warn_in_dialect_a_and_enforce_in_b_with_the_parsed_value(worker: Worker) -> None:
    pytest.importorskip("pydantic")
    text = event("return input", head=V2).replace('"subscribes"', '"input": Order, "subscribes"')
    decorated = (
        "\nfrom motia import event, api\n@event(id='b', schema=Order)\ndef named(id, items):\n    return [id, items]\n"
        "@event(id='c', schema=Order)\nasync def whole(order, context):\n    return order\n"
        "@api(id='d', path='/d', schema=Order)\ndef body(req):\n    return {'status': 200, 'body': req.body}\n"
    )
    write(worker.project, {"steps/x_step.py": text + decorated})
    file = "steps/x_step.py"
    assert worker.run(file, {"id": 3}) == {"id": 3}
    assert any("breaks its schema" in message for message in worker.messages)
    assert worker.run(file, {"id": 3}, member="named")["code"] == 1002
    good = {"id": "4", "items": [{"price": "1.5"}], "early": "1,2"}
    parsed = {"id": 4, "items": [{"price": 1.5, "tags": []}], "early": [1, 2]}
    assert worker.run(file, good, member="named") == [4, parsed["items"]]
    assert worker.run(file, good, member="whole") == parsed
    assert worker.request(file, good, member="body")["body"] == parsed
