"""Pydantic models → JSON Schema, in two versions: what the author wrote, for people, and what the core checks with.

A model that is not strict takes "5" for a number, and a validator of the author's own may change anything before it is
looked at. The second version is never narrower than the model, so it is made from Pydantic's own description of how it
validates, with everything open that may be changed, coerced or named otherwise. The model itself checks the rest.
"""

from __future__ import annotations

import functools
import importlib
from enum import Enum
from typing import Any, Dict, Tuple

from motia_runner import models

_NUMBER = ["number", "string", "boolean"]
_BOUNDS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}
# Everything else may be changed before it is checked: validators that run first, calls, JSON in text, classes, patterns.
_UNDERSTOOD = frozenset(
    """any none int float str bool decimal date datetime time timedelta uuid url multi-host-url literal enum list set
    frozenset dict tuple union tagged-union nullable default chain function-after lax-or-strict model model-fields
    dataclass dataclass-args definitions definition-ref""".split()
)
_WIDER = {"integer": _NUMBER, "number": _NUMBER, "boolean": _NUMBER}


def schemas_of(model: Any) -> Tuple[Dict[str, Any], Any]:
    """The schema for people and the one to check with, of a model or adapter."""
    if isinstance(model, type) and hasattr(model, "parse_obj") and not hasattr(model, "model_json_schema"):
        told = model.schema()  # type: ignore[attr-defined]
        return told, _widened(told)
    kind = model if hasattr(model, "model_json_schema") else models.adapter(model)
    make = getattr(kind, "model_json_schema", None) or kind.json_schema
    faithful, accepting = _generators()
    try:
        accepts = make(mode="validation", schema_generator=accepting)
    except Exception:  # open in the core then, the model itself checks; a schema that cannot be made at all raises below
        accepts = {}
    return make(mode="validation", schema_generator=faithful), accepts


@functools.lru_cache(maxsize=1)
def _generators() -> Tuple[Any, Any]:
    """Made when a model is met for the first time: by then Pydantic is loaded."""
    base: Any = importlib.import_module("pydantic.json_schema").GenerateJsonSchema

    class Faithful(base):  # type: ignore[misc]
        """Says nothing of what JSON Schema cannot say."""

        def handle_invalid_for_json_schema(self, schema: Any, error_info: str) -> Any:
            return {}

        def emit_warning(self, kind: Any, detail: str) -> None:
            pass

    class Accepting(Faithful):
        def generate_inner(self, schema: Any) -> Any:
            if schema["type"] not in _UNDERSTOOD:
                return {}
            # Without what types and authors say about their JSON Schema: only what the validator does counts.
            return super().generate_inner({key: part for key, part in schema.items() if key != "metadata"})

        def default_schema(self, schema: Any) -> Any:
            return self.generate_inner(schema["schema"])

        def int_schema(self, schema: Any) -> Any:
            bounds = {key: schema[short] for short, key in _BOUNDS.items() if _is_number(schema.get(short))}
            return {"type": list(_NUMBER), **bounds}

        float_schema = int_schema

        def str_schema(self, schema: Any) -> Any:
            told: Dict[str, Any] = {"type": ["string", "number"]}
            if schema.get("min_length") and not (schema.get("to_lower") or schema.get("to_upper")):
                told["minLength"] = schema["min_length"]
            return told

        def bool_schema(self, schema: Any) -> Any:
            return {"type": list(_NUMBER)}

        decimal_schema = date_schema = datetime_schema = time_schema = timedelta_schema = bool_schema

        def uuid_schema(self, schema: Any) -> Any:
            return {"type": "string"}

        url_schema = multi_host_url_schema = uuid_schema

        def literal_schema(self, schema: Any) -> Any:
            texts = all(isinstance(each, str) and not isinstance(each, Enum) for each in schema["expected"])
            return {"enum": list(schema["expected"])} if texts else {}

        def enum_schema(self, schema: Any) -> Any:
            values = [each.value for each in schema["members"]]
            texts = schema.get("missing") is None and all(isinstance(each, str) for each in values)
            return {"enum": values} if texts else {}

        def list_schema(self, schema: Any) -> Any:
            return {**self._elements(schema), **_sized(schema, "min_length", "max_length")}

        def set_schema(self, schema: Any) -> Any:
            return {**self._elements(schema), **_sized(schema, "min_length")}

        frozenset_schema = set_schema

        def _elements(self, schema: Any) -> Dict[str, Any]:
            items = self.generate_inner(schema["items_schema"]) if "items_schema" in schema else {}
            return {"type": "array", "items": items}

        def dict_schema(self, schema: Any) -> Any:
            values = self.generate_inner(schema["values_schema"]) if "values_schema" in schema else {}
            return {"type": "object", "additionalProperties": values}

        def tagged_union_schema(self, schema: Any) -> Any:
            choices = [each for each in schema["choices"].values() if isinstance(each, dict)]
            return {"anyOf": [self.generate_inner(each) for each in choices]}

        def lax_or_strict_schema(self, schema: Any) -> Any:
            return self.generate_inner(schema["lax_schema"])

        def model_schema(self, schema: Any) -> Any:
            return {} if schema.get("custom_init") else self.generate_inner(schema["schema"])

        def model_fields_schema(self, schema: Any) -> Any:
            properties, required = {}, []
            for name, field in schema["fields"].items():
                alias = field.get("validation_alias", name)
                made = self.generate_inner(field["schema"])
                if not isinstance(alias, str):
                    continue
                properties[alias] = made
                # By its own name too, when the model says so: then neither key alone is required.
                if alias == name and self.field_is_required(field, total=True):
                    required.append(name)
            told = {"type": "object", "properties": properties}
            return {**told, "required": required} if required else told

        def dataclass_schema(self, schema: Any) -> Any:
            return self.generate_inner(schema["schema"])

        def dataclass_args_schema(self, schema: Any) -> Any:
            fields = {field["name"]: field for field in schema["fields"]}
            return self.model_fields_schema({"fields": fields})

    return Faithful, Accepting


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _sized(schema: Any, least: str, most: str = "") -> Dict[str, Any]:
    found = {"minItems": schema.get(least), "maxItems": schema.get(most)}
    return {key: size for key, size in found.items() if size is not None}


def _widened(schema: Any) -> Any:
    """The same for version 1, from its JSON Schema: only shapes are left."""
    if isinstance(schema, list):
        return [_widened(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    kept: Dict[str, Any] = {}
    for key in ("properties", "definitions"):
        if key in schema:
            kept[key] = {name: _widened(part) for name, part in schema[key].items()}
    for key in ("items", "anyOf", "allOf"):
        if key in schema:
            kept[key] = _widened(schema[key])
    if "$ref" in schema:
        kept["$ref"] = schema["$ref"]
    kind = schema.get("type")
    if kind in ("object", "array") or (kind == "string" and "format" not in schema):
        kept["type"] = ["string", "number"] if kind == "string" else kind
    elif kind in _WIDER:
        kept["type"] = _WIDER[kind]
    return kept
