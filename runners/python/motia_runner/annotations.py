"""Types as Python writes them → JSON Schema: builtins, `typing`, enums, dataclasses, TypedDicts, named tuples, Structs."""

from __future__ import annotations

import enum
import re
import sys
import typing
from collections.abc import Mapping
from typing import Any, Dict, Optional, Tuple

_SIMPLE: Dict[Any, Dict[str, Any]] = {
    str: {"type": "string"}, int: {"type": "integer"}, float: {"type": "number"}, bool: {"type": "boolean"},
    dict: {"type": "object"}, list: {"type": "array"}, tuple: {"type": "array"}, set: {"type": "array"},
    frozenset: {"type": "array"}, type(None): {"type": "null"}, None: {"type": "null"}, Any: {}, object: {}, bytes: {},
}  # fmt: skip
_NAMED: Dict[str, Dict[str, Any]] = {
    "datetime.datetime": {"type": "string", "format": "date-time"},
    "datetime.date": {"type": "string", "format": "date"},
    "datetime.time": {"type": "string"},
    "uuid.UUID": {"type": "string", "format": "uuid"},
    "pathlib.Path": {"type": "string"},
    "decimal.Decimal": {"type": ["number", "string"]},
}
_WRAPPERS = ("Required", "NotRequired", "ReadOnly", "Final", "ClassVar")
# What `Annotated` may say, by the names that annotated-types, Pydantic and msgspec share.
_RULES = {
    "ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum", "multiple_of": "multipleOf",
    "pattern": "pattern", "description": "description", "title": "title",
}  # fmt: skip
_FACTORIES: Dict[Any, Any] = {list: [], dict: {}, set: [], tuple: []}
_NONE = object()
Fields = Dict[str, Tuple[Any, Any]]


def read(reader: Any, kind: Any, at: str) -> Any:
    """The JSON Schema of a type; `reader` reads what it is made of. Raises TypeError for what cannot be a key."""
    if kind in _SIMPLE:
        return dict(_SIMPLE[kind])
    if isinstance(kind, typing.ForwardRef):
        return reader.left_open(kind.__forward_arg__, at)
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is not None:
        return _generic(reader, kind, origin, arguments, at)
    if hasattr(kind, "__supertype__"):
        return reader.read(kind.__supertype__, at)
    if hasattr(kind, "__value__") and type(kind).__name__ == "TypeAliasType":
        return reader.read(kind.__value__, at)
    if isinstance(kind, type):
        if issubclass(kind, enum.Enum):
            return {"enum": [member.value for member in kind]}
        name = f"{kind.__module__}.{kind.__qualname__}"
        if name in _NAMED:
            return dict(_NAMED[name])
        if _is_record(kind):
            return _record(reader, kind, at)
    return _own(kind) or reader.left_open(kind, at)


def may_be_none(kind: Any) -> bool:
    return type(None) in typing.get_args(kind)


def _own(kind: Any) -> Optional[Dict[str, Any]]:
    """What the object itself gives as its JSON Schema."""
    for method in ("model_json_schema", "json_schema", "toJSON", "to_json_schema"):
        make = getattr(kind, method, None)
        if callable(make):
            try:
                made = make()
            except Exception:  # not meant to be called like that: when no other gives one, the caller is told it is left open
                continue
            if isinstance(made, dict):
                return made
    return None


def _generic(reader: Any, kind: Any, origin: Any, arguments: Tuple[Any, ...], at: str) -> Any:
    if origin is typing.Union or getattr(origin, "__name__", "") == "UnionType":
        return {"anyOf": [reader.read(each, at) for each in arguments]}
    if origin is typing.Literal:
        return {"enum": [each.value if isinstance(each, enum.Enum) else each for each in arguments]}
    if hasattr(kind, "__metadata__"):
        return _annotated(reader.read(arguments[0], at), kind.__metadata__)
    if getattr(origin, "_name", getattr(origin, "__name__", "")) in _WRAPPERS:
        return reader.read(arguments[0], at)
    if not isinstance(origin, type):
        return reader.left_open(origin, at)
    if issubclass(origin, Mapping):
        told: Dict[str, Any] = {"type": "object"}
        if len(arguments) == 2 and arguments[1] is not Any:
            told["additionalProperties"] = reader.read(arguments[1], at)
        return told
    if issubclass(origin, tuple) and not (len(arguments) == 2 and arguments[1] is Ellipsis):
        items = [reader.read(each, at) for each in arguments if each != ()]
        return {"type": "array", "prefixItems": items, "minItems": len(items), "maxItems": len(items)}
    if issubclass(origin, (list, set, frozenset, tuple, typing.Iterable)):
        return {"type": "array", "items": reader.read(arguments[0], at + "[]")} if arguments else {"type": "array"}
    return reader.left_open(origin, at)


def _annotated(told: Any, metadata: Any) -> Any:
    """`told` with the rules that stand beside the type."""
    if not isinstance(told, dict):
        return told
    made = dict(told)
    listed = made.get("type") == "array"
    for each in metadata:
        if isinstance(each, str):
            made.setdefault("description", each)
            continue
        for rule in (*(getattr(each, "metadata", None) or ()), each):
            for name, key in {
                **_RULES,
                "min_length": "minItems" if listed else "minLength",
                "max_length": "maxItems" if listed else "maxLength",
            }.items():
                value = getattr(rule, name, None)
                value = value.pattern if isinstance(value, re.Pattern) else value
                if isinstance(value, (int, float, str)) and not isinstance(value, bool):
                    made[key] = value
    return made


def _is_record(kind: Any) -> bool:
    marks = ("__dataclass_fields__", "__required_keys__", "__struct_fields__")
    return any(hasattr(kind, mark) for mark in marks) or (issubclass(kind, tuple) and hasattr(kind, "_fields"))


def _record(reader: Any, kind: Any, at: str) -> Dict[str, Any]:
    """A class of fields; one that holds itself becomes a definition."""
    if kind in reader.open:
        reader.open[kind] = True
        return {"$ref": f"#/$defs/{kind.__name__}"}
    if kind.__name__ in reader.named:
        return {"$ref": f"#/$defs/{kind.__name__}"}
    reader.open[kind] = False
    told: Dict[str, Any] = {"type": "object", "properties": {}}
    required = []
    for name, (hint, default) in _fields(kind).items():
        inner = reader.read(hint, f"{at}.{name}" if at else name)
        default = default.value if isinstance(default, enum.Enum) else default
        if default is _NONE:
            required.append(name)
        elif default is not ... and isinstance(inner, dict) and _is_plain(default):
            inner = {**inner, "default": default}
        told["properties"][name] = inner
    if required:
        told["required"] = required
    if not reader.open.pop(kind):
        return told
    reader.named[kind.__name__] = told
    return {"$ref": f"#/$defs/{kind.__name__}"}


def _is_plain(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return all(_is_plain(each) for each in value)
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_plain(each) for key, each in value.items())
    return value is None or type(value) in (str, int, float, bool)


def _fields(kind: Any) -> Fields:
    """Name → (type, default): `_NONE` = required, `...` = may be left out."""
    try:
        extras = {"include_extras": True} if sys.version_info >= (3, 9) else {}
        hints = typing.get_type_hints(kind, **extras)
    except Exception:  # a name in a text annotation that cannot be found: the others still count
        hints = dict(getattr(kind, "__annotations__", {}))
    if hasattr(kind, "__dataclass_fields__"):
        missing = sys.modules["dataclasses"].MISSING
        found: Fields = {}
        for name, field in kind.__dataclass_fields__.items():
            if field.init:
                default = _NONE if field.default is missing else field.default
                if field.default_factory is not missing:
                    default = _FACTORIES.get(field.default_factory, ...)
                found[name] = (hints.get(name, Any), default)
        return found
    if hasattr(kind, "__required_keys__"):
        return {name: (hint, _NONE if _needs(kind, name, hint) else ...) for name, hint in hints.items()}
    if hasattr(kind, "__struct_fields__"):
        first = len(kind.__struct_fields__) - len(kind.__struct_defaults__)
        defaults = {
            name: kind.__struct_defaults__[n - first] for n, name in enumerate(kind.__struct_fields__) if n >= first
        }
        return {
            name: (hints.get(name, Any), _plain_or_open(defaults.get(name, _NONE))) for name in kind.__struct_fields__
        }
    return {name: (hints.get(name, Any), kind._field_defaults.get(name, _NONE)) for name in kind._fields}


def _needs(kind: Any, name: str, hint: Any) -> bool:
    """Under `from __future__ import annotations` the class itself does not know; the hints do."""
    marker = getattr(typing.get_origin(hint), "_name", "")
    return marker == "Required" or (name in kind.__required_keys__ and marker != "NotRequired")


def _plain_or_open(default: Any) -> Any:
    return default if default is _NONE or _is_plain(default) else ...
