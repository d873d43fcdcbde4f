"""A value that fits a schema, as an example. Pure. Where none is found without guessing there is none: whoever uses one
checks it against the author's schema."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from motia_core.openapi.schemas import Schema

_FORMATS = {
    "email": "user@example.com",
    "uuid": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "time": "12:00:00Z",
    "duration": "PT1H",
    "uri": "https://example.com/",
    "url": "https://example.com/",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "byte": "AA==",
}
_DEEPEST = 6
_REFERENCE_BEGINS = "#/components/schemas/"


class NoExample(Exception):
    """The schema does not say enough."""


def example(schema: Schema, schemas: dict[str, Schema], depth: int = 0) -> Any:
    """Raises NoExample."""
    if depth > _DEEPEST:
        raise NoExample
    for key in ("examples", "enum"):
        if schema.get(key):
            return schema[key][0]
    for key in ("default", "const"):
        if key in schema:
            return schema[key]
    return _made(schema, schemas, depth)


def _made(schema: Schema, schemas: dict[str, Schema], depth: int) -> Any:
    """Where the author gives no value."""
    if "$ref" in schema:
        name = str(schema["$ref"]).removeprefix(_REFERENCE_BEGINS)
        return example(schemas[name], schemas, depth + 1)
    if schema.get("allOf"):
        return _all(schema, schemas, depth)
    branches = schema.get("anyOf") or schema.get("oneOf")
    if branches:
        return _any(branches, schemas, depth)
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) and kind else kind
    if kind == "object" or (kind is None and "properties" in schema):
        return _object(schema, schemas, depth)
    if kind == "array":
        return _array(schema, schemas, depth)
    make = _PLAIN.get(str(kind))
    if make is None:
        raise NoExample
    return make(schema)


def _all(schema: Schema, schemas: dict[str, Schema], depth: int) -> Any:
    rest = {key: value for key, value in schema.items() if key != "allOf"}
    parts = [*schema["allOf"], *([rest] if "properties" in rest else [])]
    found = [example(part, schemas, depth + 1) for part in parts]
    if len(found) > 1 and not all(isinstance(one, dict) for one in found):
        raise NoExample
    return found[0] if len(found) == 1 else {key: value for one in found for key, value in one.items()}


def _any(branches: list[Schema], schemas: dict[str, Schema], depth: int) -> Any:
    for branch in branches:
        try:
            return example(branch, schemas, depth + 1)
        except NoExample:
            continue
    raise NoExample


def _object(schema: Schema, schemas: dict[str, Schema], depth: int) -> dict[str, Any]:
    made: dict[str, Any] = {}
    required = schema.get("required", ())
    for name, part in schema.get("properties", {}).items():
        try:
            made[name] = example(part, schemas, depth + 1)
        except NoExample:
            if name in required:
                if part != {}:
                    raise
                made[name] = "any"
    return made


def _array(schema: Schema, schemas: dict[str, Schema], depth: int) -> list[Any]:
    made = [example(part, schemas, depth + 1) for part in schema.get("prefixItems", ())]
    least = schema.get("minItems", 0)
    if not made and isinstance(schema.get("items"), dict) and schema.get("maxItems", 1):
        try:
            made = [example(schema["items"], schemas, depth + 1)] * max(1, min(least, 10))
        except NoExample:
            if least:
                raise
    return made


def _number(schema: Schema) -> float | int:
    step = schema.get("multipleOf") or (1 if schema["type"] != "number" else 0.5)
    least = [schema[key] for key in ("minimum", "exclusiveMinimum") if key in schema]
    value: float = max([1, *least])
    if "maximum" in schema:
        value = min(value, schema["maximum"])
    value = math.ceil(value / step) * step
    if value == schema.get("exclusiveMinimum"):
        value += step
    return int(value) if float(value).is_integer() else value


def _string(schema: Schema) -> str:
    if "pattern" in schema:
        raise NoExample
    value = _FORMATS.get(schema.get("format", ""), "text")
    least, most = schema.get("minLength", 0), schema.get("maxLength")
    if len(value) < least:
        value = value.ljust(min(least, 1000), "x")
    return value if most is None else value[:most]


_PLAIN: dict[str, Callable[[Schema], Any]] = {
    "integer": _number,
    "number": _number,
    "string": _string,
    "boolean": lambda schema: True,
    "null": lambda schema: None,
}
