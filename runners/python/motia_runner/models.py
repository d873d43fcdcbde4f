"""Pydantic models, version 1 and 2, as the judges of what comes in. Pydantic is the project's; it is never imported here.

What they find becomes issues as the core words them: dotted path, message, and for code the keyword of JSON Schema that
was broken. Their JSON Schema is `model_schemas.py`'s.
"""

from __future__ import annotations

import sys
import typing
from collections.abc import Mapping
from typing import Any, Dict, List, Optional, Tuple

Issues = List[Dict[str, str]]

_CODES = {
    "missing": "required", "missing_keyword_only_argument": "required", "extra_forbidden": "additionalProperties",
    "unexpected_keyword_argument": "additionalProperties", "string_too_short": "minLength",
    "string_too_long": "maxLength", "string_pattern_mismatch": "pattern", "greater_than": "exclusiveMinimum",
    "greater_than_equal": "minimum", "less_than": "exclusiveMaximum", "less_than_equal": "maximum",
    "multiple_of": "multipleOf", "too_short": "minItems", "too_long": "maxItems", "literal_error": "enum",
    "enum": "enum", "union_tag_invalid": "anyOf", "union_tag_not_found": "anyOf", "value_error": "custom",
    "assertion_error": "custom", "int_parsing": "type", "float_parsing": "type", "bool_parsing": "type",
    "decimal_parsing": "type", "int_from_float": "type", "none_required": "type",
}  # fmt: skip
_OLD_CODES = (
    ("value_error.missing", "required"),
    ("value_error.extra", "additionalProperties"),
    ("type_error", "type"),
)
_DEEPEST = 20
_PREFIXES = ("Value error, ", "Assertion failed, ")


def is_model(schema: Any) -> bool:
    """A Pydantic model class, a Pydantic dataclass or a TypeAdapter."""
    if isinstance(schema, type) and typing.get_origin(schema) is None:
        return hasattr(schema, "__pydantic_core_schema__") or (
            hasattr(schema, "__fields__") and hasattr(schema, "parse_obj") and hasattr(schema, "schema")
        )
    return hasattr(schema, "validate_python") and hasattr(schema, "json_schema")


def judge_of(schema: Any, depth: int = 0) -> Any:
    """What `check` asks about `schema`: a model, an adapter of a type with models in it, or a dict of these by key.
    None when the core can say it all."""
    if is_model(schema):
        return schema
    if isinstance(schema, Mapping):
        found = {str(key).rstrip("?"): judge_of(part, depth + 1) for key, part in schema.items() if depth < _DEEPEST}
        return {key: part for key, part in found.items() if part is not None} or None
    if isinstance(schema, list) and len(schema) == 1 and is_model(schema[0]):
        schema = List[schema[0]]  # type: ignore[valid-type]
    pydantic = sys.modules.get("pydantic")
    if hasattr(pydantic, "TypeAdapter") and _holds_model(schema):
        return pydantic.TypeAdapter(schema)  # type: ignore[union-attr]
    return None


def _holds_model(annotation: Any) -> bool:
    return any(is_model(part) or _holds_model(part) for part in typing.get_args(annotation))


def check(judge: Any, value: Any) -> Tuple[Any, Issues]:
    """The parsed value, or the issues that were found."""
    if isinstance(judge, dict):
        return _check_keys(judge, value)
    try:
        if isinstance(judge, type) and hasattr(judge, "model_validate"):
            return judge.model_validate(value), []
        if isinstance(judge, type) and hasattr(judge, "parse_obj"):
            return judge.parse_obj(value), []
        return adapter(judge).validate_python(value), []
    except Exception as error:
        if type(error).__name__ != "ValidationError" or not callable(getattr(error, "errors", None)):
            raise
        return None, [_issue(each, value) for each in error.errors()]  # type: ignore[attr-defined]


def adapter(model: Any) -> Any:
    return model if hasattr(model, "validate_python") else sys.modules["pydantic"].TypeAdapter(model)


def filled(sent: Any, parsed: Any) -> Any:
    """`sent` with the defaults that are only in `parsed`: a new dict where something is missing."""
    if isinstance(sent, list) and isinstance(parsed, (list, tuple)) and len(sent) == len(parsed):
        return [filled(one, other) for one, other in zip(sent, parsed)]
    if not isinstance(sent, dict):
        return sent
    if isinstance(parsed, dict):
        return {key: filled(part, parsed[key]) if key in parsed else part for key, part in sent.items()}
    made = dict(sent)
    for name, field in getattr(type(parsed), "model_fields", {}).items():
        names = [each for each in (field.validation_alias, field.alias, name) if isinstance(each, str)]
        there = next((each for each in names if each in sent), None)
        if there is not None:
            made[there] = filled(sent[there], getattr(parsed, name))
        elif name not in parsed.model_fields_set:
            made[names[0]] = _plain(parsed, name)
    return made


def _plain(parsed: Any, name: str) -> Any:
    try:
        return parsed.model_dump(mode="json", include={name})[name]
    except Exception:  # a default without a JSON form: the handler gets it as the model has it
        return getattr(parsed, name)


def _check_keys(judges: Dict[str, Any], value: Any) -> Tuple[Any, Issues]:
    if not isinstance(value, dict):
        return value, []
    parsed, issues = dict(value), []
    for key, judge in judges.items():
        if key in value:
            parsed[key], found = check(judge, value[key])
            issues += [{**each, "path": f"{key}.{each['path']}".rstrip(".")} for each in found]
    return parsed, issues


def _issue(error: Dict[str, Any], value: Any) -> Dict[str, str]:
    kind = str(error.get("type", "invalid"))
    message = str(error.get("msg", ""))
    for prefix in _PREFIXES:
        if message.startswith(prefix):
            message = message[len(prefix) :]
    return {"path": ".".join(_path(error.get("loc", ()), value)), "message": message, "code": _code(kind)}


def _path(location: Tuple[Any, ...], value: Any) -> List[str]:
    """The keys of `location` that are the data's; names of union branches and the like are Pydantic's."""
    path, here = [], value
    for number, part in enumerate(location):
        if (isinstance(here, dict) and part in here) or (isinstance(here, list) and isinstance(part, int)):
            here = here[part] if isinstance(here, dict) or part < len(here) else None
        elif not (number == len(location) - 1 and isinstance(here, dict) and isinstance(part, str) and part[:1] != "["):
            continue
        path.append(str(part))
    return path


def _code(kind: str) -> str:
    if kind in _CODES:
        return _CODES[kind]
    old: Optional[str] = next((code for start, code in _OLD_CODES if kind.startswith(start)), None)
    if old is not None:
        return old
    if kind.endswith(("_type", "_attributes_type")):
        return "type"
    return "format" if kind.startswith(("uuid", "date", "time", "url")) else kind
