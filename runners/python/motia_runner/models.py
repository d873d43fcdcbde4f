"""Pydantic models, version 1 and 2, as schemas and as validators. Pydantic is the project's; it is never imported here.

A model that is not strict takes "5" for a number and 1 for true. The core must not refuse what the model takes, so such
places are widened in the core's copy, and the runner checks with the model itself.
"""

from __future__ import annotations

import sys
import typing
from typing import Any, Dict, List, Set, Tuple

_WIDER = {
    "integer": ["integer", "number", "string", "boolean"],
    "number": ["number", "string", "boolean"],
    "boolean": ["boolean", "number", "string"],
}
_DATES = frozenset({"date-time", "date", "time", "duration"})


def is_model(schema: Any) -> bool:
    """A Pydantic model class, a Pydantic dataclass or a TypeAdapter."""
    if isinstance(schema, type):
        return hasattr(schema, "__pydantic_core_schema__") or (
            hasattr(schema, "__fields__") and hasattr(schema, "parse_obj") and hasattr(schema, "schema")
        )
    return hasattr(schema, "validate_python") and hasattr(schema, "json_schema")


def json_schema(model: Any) -> Dict[str, Any]:
    """The model's JSON Schema, open wherever the model itself is lenient."""
    if not isinstance(model, type):
        return _widen(model.json_schema(mode="validation"))  # type: ignore[no-any-return]
    if not hasattr(model, "model_json_schema"):
        made = model.schema() if hasattr(model, "schema") else _adapter(model).json_schema(mode="validation")
        return _widen(made)  # type: ignore[no-any-return]
    schema = model.model_json_schema(mode="validation")
    if schema.get("$defs") or not getattr(model, "model_config", {}).get("strict", False):
        schema = _widen(schema)
    _open(schema, schema, model, set())
    return schema  # type: ignore[no-any-return]


def check(model: Any, value: Any) -> Tuple[Any, List[Dict[str, str]]]:
    """The parsed value, or the issues that the model found."""
    try:
        if isinstance(model, type) and hasattr(model, "model_validate"):
            return model.model_validate(value), []
        if isinstance(model, type) and hasattr(model, "parse_obj"):
            return model.parse_obj(value), []
        return _adapter(model).validate_python(value), []
    except Exception as error:
        if type(error).__name__ != "ValidationError" or not callable(getattr(error, "errors", None)):
            raise
        return None, [_issue(each) for each in error.errors()]  # type: ignore[attr-defined]


def _issue(error: Dict[str, Any]) -> Dict[str, str]:
    place = [str(part) for part in error.get("loc", ()) if part != "__root__"]
    return {"path": ".".join(place), "message": str(error.get("msg", "")), "code": str(error.get("type", "invalid"))}


def _adapter(model: Any) -> Any:
    return model if hasattr(model, "validate_python") else sys.modules["pydantic"].TypeAdapter(model)


def _widen(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_widen(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    wide = {
        key: {name: _widen(part) for name, part in value.items()}
        if key in ("properties", "$defs", "definitions", "patternProperties") and isinstance(value, dict)
        else value
        if key in ("default", "examples", "example", "const", "enum", "required")
        else _widen(value)
        for key, value in schema.items()
    }
    kind = wide.get("type")
    if isinstance(kind, str) and kind in _WIDER:
        wide["type"] = _WIDER[kind]
    elif kind == "string" and wide.get("format") in _DATES:
        wide["type"] = ["string", "number"]
        wide.pop("format")
    if "enum" in wide or "const" in wide:
        wide.pop("type", None)
    return wide


def _open(root: Dict[str, Any], schema: Dict[str, Any], model: Any, seen: Set[Any]) -> None:
    """Take out what a validator of the author's own may change before the model looks at it; also in nested models."""
    seen.add(model)
    decorators = getattr(model, "__pydantic_decorators__", None)
    validators = [*getattr(decorators, "field_validators", {}).values()]
    early = {name for each in validators if _is_early(each.info.mode) for name in each.info.fields}
    around = getattr(decorators, "model_validators", {}).values()
    if "$ref" in schema and "properties" not in schema:
        schema = root.get("$defs", {}).get(schema["$ref"].rpartition("/")[2], {})
    properties = schema.get("properties", {})
    for name, field in getattr(model, "model_fields", {}).items():
        changed = any(_is_early(_MODES.get(type(each).__name__, "")) for each in field.metadata)
        if name in early or "*" in early or changed:
            for key in (name, field.alias, field.validation_alias):
                if isinstance(key, str) and key in properties:
                    properties[key] = {}
        for inner in _models_in(field.annotation):
            if inner not in seen and inner.__name__ in root.get("$defs", {}):
                _open(root, root["$defs"][inner.__name__], inner, seen)
    if any(_is_early(each.info.mode) for each in around):
        for key in [key for key in schema if key not in ("$defs", "title", "description")]:
            del schema[key]


_MODES = {"BeforeValidator": "before", "PlainValidator": "plain", "WrapValidator": "wrap"}


def _is_early(mode: str) -> bool:
    return mode in ("before", "plain", "wrap")


def _models_in(annotation: Any) -> List[Any]:
    if isinstance(annotation, type) and hasattr(annotation, "model_fields"):
        return [annotation]
    return [found for part in typing.get_args(annotation) for found in _models_in(part)]
