"""What an author gives as a schema → JSON Schema. Says what it could not express instead of failing.

JSON Schema passes through; classes and types of the standard library are read here, Pydantic models in `models.py`;
`{"userId": str}` and `{"id": "string"}` are objects with these keys. What is no schema at all is left open.
"""

from __future__ import annotations

import enum
import re
import sys
import typing
from collections.abc import Mapping
from typing import Any, Dict, List, Optional, Tuple

from motia_runner import models

Problems = List[str]

_KEYWORDS = frozenset(
    """$schema $id $ref $defs $anchor $dynamicRef $dynamicAnchor $vocabulary $comment definitions type properties
    patternProperties additionalProperties unevaluatedProperties required dependencies dependentRequired
    dependentSchemas propertyNames minProperties maxProperties items prefixItems additionalItems unevaluatedItems
    contains minContains maxContains minItems maxItems uniqueItems enum const anyOf oneOf allOf not if then else format
    pattern minLength maxLength minimum maximum exclusiveMinimum exclusiveMaximum multipleOf title description default
    examples example deprecated readOnly writeOnly contentEncoding contentMediaType contentSchema nullable
    discriminator""".split()
)
_TYPES = frozenset({"string", "number", "integer", "boolean", "object", "array", "null"})
_SHORT: Dict[str, Dict[str, Any]] = {
    "string": {"type": "string"}, "str": {"type": "string"}, "text": {"type": "string"},
    "number": {"type": "number"}, "float": {"type": "number"}, "integer": {"type": "integer"},
    "int": {"type": "integer"}, "boolean": {"type": "boolean"}, "bool": {"type": "boolean"},
    "object": {"type": "object"}, "dict": {"type": "object"}, "array": {"type": "array"}, "list": {"type": "array"},
    "null": {"type": "null"}, "any": {}, "unknown": {}, "date": {"type": "string"}, "datetime": {"type": "string"},
}  # fmt: skip
_SIMPLE: Dict[Any, Dict[str, Any]] = {
    str: {"type": "string"}, int: {"type": "integer"}, float: {"type": "number"}, bool: {"type": "boolean"},
    dict: {"type": "object"}, list: {"type": "array"}, tuple: {"type": "array"}, set: {"type": "array"},
    frozenset: {"type": "array"}, type(None): {"type": "null"}, None: {"type": "null"}, Any: {}, object: {}, bytes: {},
}  # fmt: skip
_ABSENT = object()


def convert(schema: Any, problems: Problems, at: str = "") -> Any:
    """The JSON Schema (a dict or a bool) of anything; `{}` and a line in `problems` when it has none."""
    if isinstance(schema, bool):
        return schema
    if isinstance(schema, Mapping):
        return _mapping(schema, problems, at)
    if isinstance(schema, str):
        return _short(schema, problems, at)
    if isinstance(schema, (list, tuple)):
        return (
            {"type": "array", "items": convert(schema[0], problems, at + "[]")}
            if len(schema) == 1
            else _open(schema, problems, at)
        )
    if models.is_model(schema):
        try:
            return models.json_schema(schema)
        except Exception as error:
            problems.append(f"{at or 'the schema'}: {type(error).__name__}: {error}; left open")
            return {}
    try:
        return _type(schema, problems, at)
    except TypeError:  # an unhashable object
        return _open(schema, problems, at)


def _mapping(schema: Mapping[Any, Any], problems: Problems, at: str) -> Any:
    if _is_json_schema(schema):
        return {str(key): _inside(str(key), value, problems, at) for key, value in schema.items()}
    properties: Dict[str, Any] = {}
    required = []
    for key, value in schema.items():
        name, needed = str(key), True
        if isinstance(value, str) and value.endswith("?"):
            value, needed = value[:-1], False
        elif _optional(value):
            needed = False
        if name.endswith("?"):
            name, needed = name[:-1], False
        properties[name] = convert(value, problems, f"{at}.{name}" if at else name)
        if needed:
            required.append(name)
    told: Dict[str, Any] = {"type": "object", "properties": properties}
    if required:
        told["required"] = required
    return told


def _is_json_schema(schema: Mapping[Any, Any]) -> bool:
    """A dict is JSON Schema when it says so by its values, not only by its keys: a field may be called `type`."""
    if not schema:
        return True
    if any(key in schema for key in ("$schema", "$ref", "$defs")):
        return True
    kind = schema.get("type")
    if isinstance(kind, list) and all(isinstance(each, str) and each in _TYPES for each in kind):
        return True
    known = all(isinstance(key, str) and (key in _KEYWORDS or key.startswith("x-")) for key in schema)
    if isinstance(kind, str) and kind in _TYPES:
        return known or any(isinstance(schema.get(key), (Mapping, list)) for key in ("properties", "items", "required"))
    if any(isinstance(schema.get(key), list) for key in ("anyOf", "oneOf", "allOf", "enum")):
        return True
    return known and (isinstance(schema.get("properties"), Mapping) or "const" in schema or "not" in schema)


def _inside(key: str, value: Any, problems: Problems, at: str) -> Any:
    """JSON Schema may hold types and models where a schema stands."""
    if key in ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas"):
        if isinstance(value, Mapping):
            return {
                str(name): _part(part, problems, f"{at}.{name}" if at else str(name)) for name, part in value.items()
            }
    elif key in ("items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames"):
        return _part(value, problems, at)
    elif key in ("anyOf", "oneOf", "allOf", "prefixItems") and isinstance(value, (list, tuple)):
        return [_part(part, problems, at) for part in value]
    elif isinstance(value, (tuple, set, frozenset)):
        return list(value)
    return value


def _part(part: Any, problems: Problems, at: str) -> Any:
    if isinstance(part, Mapping):
        return {str(key): _inside(str(key), value, problems, at) for key, value in part.items()}
    return part if isinstance(part, (bool, list)) else convert(part, problems, at)


def _short(name: str, problems: Problems, at: str) -> Any:
    parts = [part.strip() for part in name.split("|")]
    if len(parts) > 1:
        return {"anyOf": [_short(part, problems, at) for part in parts]}
    word = parts[0].lower()
    if word.endswith("[]"):
        return {"type": "array", "items": _short(parts[0][:-2], problems, at)}
    found = re.match(r"(?:list|array)[<\[](.+)[>\]]\Z", word)
    if found:
        return {"type": "array", "items": _short(found[1], problems, at)}
    return dict(_SHORT[word]) if word in _SHORT else _open(name, problems, at)


def _type(kind: Any, problems: Problems, at: str) -> Any:
    if kind in _SIMPLE:
        return dict(_SIMPLE[kind])
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is not None:
        return _generic(origin, arguments, problems, at)
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return {"enum": [member.value for member in kind]}
    if isinstance(kind, type):
        fields = _fields(kind)
        if fields is not None:
            return _mapping_of(fields, problems, at)
        name = f"{kind.__module__}.{kind.__qualname__}"
        if name in ("datetime.datetime", "datetime.date", "datetime.time", "uuid.UUID", "pathlib.Path"):
            return {"type": "string"}
        if name == "decimal.Decimal":
            return {"type": ["number", "string"]}
    for method in ("model_json_schema", "json_schema", "toJSON", "to_json_schema"):
        make = getattr(kind, method, None)
        if callable(make):
            try:
                made = make()
            except Exception:
                continue
            if isinstance(made, dict):
                return made
    return _open(kind, problems, at)


def _generic(origin: Any, arguments: Tuple[Any, ...], problems: Problems, at: str) -> Any:
    if origin is typing.Union or getattr(origin, "__name__", "") == "UnionType":
        return {"anyOf": [convert(each, problems, at) for each in arguments]}
    if origin is typing.Literal:
        return {"enum": list(arguments)}
    if getattr(origin, "__name__", "") in ("Required", "NotRequired", "ReadOnly", "Annotated", "Final", "ClassVar"):
        return convert(arguments[0], problems, at)
    if not isinstance(origin, type):
        return _open(origin, problems, at)
    if issubclass(origin, Mapping):
        told: Dict[str, Any] = {"type": "object"}
        if len(arguments) == 2 and arguments[1] is not Any:
            told["additionalProperties"] = convert(arguments[1], problems, at)
        return told
    if issubclass(origin, tuple) and not (len(arguments) == 2 and arguments[1] is Ellipsis):
        return {"type": "array", "prefixItems": [convert(each, problems, at) for each in arguments]}
    if issubclass(origin, (list, set, frozenset, tuple, typing.Iterable)):
        return (
            {"type": "array", "items": convert(arguments[0], problems, at + "[]")} if arguments else {"type": "array"}
        )
    return _open(origin, problems, at)


def _fields(kind: type) -> Optional[Dict[str, Tuple[Any, bool]]]:
    """Name → (type, required) of a dataclass, TypedDict, named tuple or msgspec Struct."""
    try:
        hints = typing.get_type_hints(kind)
    except Exception:
        hints = dict(getattr(kind, "__annotations__", {}))
    if hasattr(kind, "__dataclass_fields__"):
        missing = sys.modules["dataclasses"].MISSING
        return {
            name: (hints.get(name, Any), field.default is missing and field.default_factory is missing)
            for name, field in kind.__dataclass_fields__.items()
            if field.init
        }
    if hasattr(kind, "__required_keys__"):
        needed = kind.__required_keys__
        return {name: (hint, name in needed) for name, hint in hints.items()}
    if issubclass(kind, tuple) and hasattr(kind, "_fields"):
        return {name: (hints.get(name, Any), name not in kind._field_defaults) for name in kind._fields}  # type: ignore[attr-defined]
    if hasattr(kind, "__struct_fields__"):
        optional = kind.__struct_fields__[len(kind.__struct_fields__) - len(kind.__struct_defaults__) :]  # type: ignore[attr-defined]
        return {name: (hints.get(name, Any), name not in optional) for name in kind.__struct_fields__}
    return None


def _mapping_of(fields: Dict[str, Tuple[Any, bool]], problems: Problems, at: str) -> Dict[str, Any]:
    told: Dict[str, Any] = {
        "type": "object",
        "properties": {
            name: convert(kind, problems, f"{at}.{name}" if at else name) for name, (kind, _) in fields.items()
        },
    }
    required = [name for name, (_, needed) in fields.items() if needed]
    return {**told, "required": required} if required else told


def _optional(value: Any) -> bool:
    return type(None) in typing.get_args(value)


def _open(given: Any, problems: Problems, at: str) -> Dict[str, Any]:
    shown = repr(given)
    problems.append(f"{at or 'the schema'}: {shown[:80]} is no schema I know; left open")
    return {}
