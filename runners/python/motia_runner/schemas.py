"""What an author gives as a schema → JSON Schema. Says what it could not express instead of failing.

JSON Schema passes through; `{"userId": str}` and `{"id": "string"}` are objects with these keys; types are read in
`annotations.py`, Pydantic models in `model_schemas.py`. What is no schema at all is left open.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Dict, List

from motia_runner import annotations, model_schemas, models

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
_REMARKS = frozenset({"type", "title", "description"})
# The words of the short form, the same in every language.
_WORDS = {
    "string": "string", "str": "string", "text": "string", "symbol": "string", "number": "number", "float": "number",
    "double": "number", "decimal": "number", "integer": "integer", "int": "integer", "boolean": "boolean",
    "bool": "boolean", "object": "object", "dict": "object", "hash": "object", "map": "object", "record": "object",
    "array": "array", "list": "array", "null": "null", "nil": "null", "none": "null",
}  # fmt: skip
_FORMATS = {
    "date": "date", "datetime": "date-time", "date-time": "date-time", "time": "date-time", "timestamp": "date-time",
    "uuid": "uuid", "email": "email", "url": "uri", "uri": "uri",
}  # fmt: skip
_ANYTHING = ("any", "unknown", "json")
_MAPS = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
_PARTS = ("items", "additionalProperties", "unevaluatedProperties", "not", "if", "then", "else", "contains")
_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")


def convert(schema: Any, problems: Problems, at: str = "") -> Any:
    """The JSON Schema of anything, for people: a dict or a bool; `{}` and a line in `problems` when it has none."""
    return Reader(problems, accepting=False).whole(schema, at)


def accepted(schema: Any) -> Any:
    """What the core checks with where that is wider than `convert`'s, else None."""
    return None if models.judge_of(schema) is None else Reader([], accepting=True).whole(schema, "")


class Reader:
    """One conversion. `accepting`: models as the core may check them, not as they are documented."""

    def __init__(self, problems: Problems, *, accepting: bool) -> None:
        self.problems = problems
        self.accepting = accepting
        self.named: Dict[str, Any] = {}
        self.old_named: Dict[str, Any] = {}
        # Classes that are being read, and whether one of them holds itself.
        self.open: Dict[Any, bool] = {}

    def whole(self, schema: Any, at: str) -> Any:
        try:
            told = self.read(schema, at)
        except RecursionError:
            self.problems.append(f"{at or 'the schema'}: it contains itself; left open")
            return {}
        for key, named in (("$defs", self.named), ("definitions", self.old_named)):
            if named and isinstance(told, dict):
                told = {**told, key: {**named, **told.get(key, {})}}
        return told

    def read(self, schema: Any, at: str) -> Any:
        if isinstance(schema, bool):
            return schema
        if isinstance(schema, Mapping):
            return self._mapping(schema, at)
        if isinstance(schema, str):
            return self.word(schema, at)
        if isinstance(schema, (list, tuple)):
            if len(schema) != 1:
                return self.left_open(schema, at)
            return {"type": "array", "items": self.read(schema[0], at + "[]")}
        judge = models.judge_of(schema)
        if judge is not None:
            return self._model(judge, at)
        try:
            return annotations.read(self, schema, at)
        except TypeError:  # an unhashable object
            return self.left_open(schema, at)

    def left_open(self, given: Any, at: str) -> Dict[str, Any]:
        self.problems.append(f"{at or 'the schema'}: {repr(given)[:80]} is no schema I know; left open")
        return {}

    def _model(self, judge: Any, at: str) -> Any:
        try:
            told = dict(model_schemas.schemas_of(judge)[self.accepting])
        except Exception as error:
            self.problems.append(f"{at or 'the schema'}: {type(error).__name__}: {error}; left open")
            return {}
        # References are from the top, wherever the model stands.
        for key, named in (("$defs", self.named), ("definitions", self.old_named)):
            for name, part in told.pop(key, {}).items():
                if named.setdefault(name, part) != part:
                    self.problems.append(f"{at or 'the schema'}: two models are called {name}; left open")
                    return {}
        return told

    def _mapping(self, schema: Mapping[Any, Any], at: str) -> Any:
        if _is_json_schema(schema):
            return {str(key): self._inside(str(key), value, at) for key, value in schema.items()}
        properties: Dict[str, Any] = {}
        required = []
        for key, value in schema.items():
            name, needed = str(key), True
            if isinstance(value, str) and value.endswith("?"):
                value, needed = value[:-1], False
            elif annotations.may_be_none(value):
                needed = False
            if name.endswith("?"):
                name, needed = name[:-1], False
            properties[name] = self.read(value, f"{at}.{name}" if at else name)
            if needed:
                required.append(name)
        told: Dict[str, Any] = {"type": "object", "properties": properties}
        return {**told, "required": required} if required else told

    def _inside(self, key: str, value: Any, at: str) -> Any:
        """JSON Schema may hold types and models where a schema stands."""
        if key in _MAPS and isinstance(value, Mapping):
            return {str(name): self._part(part, f"{at}.{name}" if at else str(name)) for name, part in value.items()}
        if key in _PARTS and not isinstance(value, (list, tuple)):
            return self._part(value, f"{at}.{key}")
        if key in _LISTS and isinstance(value, (list, tuple)):
            return [self._part(part, f"{at}.{key}") for part in value]
        return list(value) if isinstance(value, (tuple, set, frozenset)) else value

    def _part(self, part: Any, at: str) -> Any:
        if isinstance(part, Mapping):
            return {str(key): self._inside(str(key), value, at) for key, value in part.items()}
        return part if isinstance(part, (bool, list)) else self.read(part, at)

    def word(self, text: str, at: str) -> Any:
        """`string`, `string?`, `string[]`, `array<string>`, `string | null`, `uuid`."""
        parts = [part.strip() for part in text.split("|")]
        if len(parts) > 1:
            return {"anyOf": [self.word(part, at) for part in parts]}
        word = parts[0].lower()
        if word.endswith("?"):
            return self.word(word[:-1], at)
        if word.endswith("[]"):
            return {"type": "array", "items": self.word(word[:-2], at)}
        found = re.match(r"(?:list|array)[<\[](.+)[>\]]\Z", word)
        if found:
            return {"type": "array", "items": self.word(found[1], at)}
        if word in _ANYTHING:
            return {}
        if word in _FORMATS:
            return {"type": "string", "format": _FORMATS[word]}
        return {"type": _WORDS[word]} if word in _WORDS else self.left_open(text, at)


def _is_json_schema(schema: Mapping[Any, Any]) -> bool:
    """A dict is JSON Schema when it says so by its values, not only by its keys: a field may be called `type`."""
    if not schema:
        return True
    if any(isinstance(schema.get(key), (str, Mapping)) for key in ("$schema", "$ref", "$defs")):
        return True
    kind = schema.get("type")
    if isinstance(kind, list) and all(isinstance(each, str) and each in _TYPES for each in kind):
        return True
    known = all(isinstance(key, str) and (key in _KEYWORDS or key.startswith("x-")) for key in schema)
    if isinstance(kind, str) and kind in _TYPES:
        if len(schema) > 1 and _REMARKS.issuperset(schema) and all(_is_word(each) for each in schema.values()):
            return False
        return known or any(isinstance(schema.get(key), (Mapping, list)) for key in ("properties", "items", "required"))
    if any(isinstance(schema.get(key), list) for key in ("anyOf", "oneOf", "allOf", "enum")):
        return True
    return known and (isinstance(schema.get("properties"), Mapping) or "const" in schema or "not" in schema)


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and value.rstrip("?").lower() in {*_WORDS, *_FORMATS, *_ANYTHING}
