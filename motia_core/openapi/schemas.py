"""JSON Schemas of any draft as the schemas of OpenAPI 3.1, and `components.schemas` where the shared ones stand.

Each author's schema is a document of its own, with references inside it; here all live in one. So its definitions move
to the components under unique names (the same definition of two schemas once), references follow, and what older drafts
or OpenAPI 3.0 spell differently is said in the words of 2020-12. A schema that cannot be used becomes the open schema,
as it is everywhere else in the product.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import msgspec
from msgspec import Raw

from motia_core.validation import problem_of

Schema = dict[str, Any]

_MAPS = frozenset({"properties", "patternProperties", "dependentSchemas", "$defs", "definitions"})
_LISTS = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_SINGLE = frozenset(
    {"items", "additionalProperties", "unevaluatedItems", "unevaluatedProperties", "not", "if", "then", "else"}
    | {"contains", "propertyNames", "contentSchema"}
)
_HOMES = ("$defs", "definitions")
_REFERENCES = ("$ref", "$recursiveRef", "$dynamicRef")
_ANCHORS = ("$anchor", "$dynamicAnchor")
_LEFT_OUT = frozenset({"$schema", "$id", "$vocabulary", "$recursiveAnchor", "$comment", *_ANCHORS})
_NOTES = frozenset({"title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly"})
_OLD = re.compile(r"draft-0[3-7]")
_REFERENCE_BEGINS = "#/components/schemas/"


class Components:
    """`schemas` holds what was placed so far, by name."""

    def __init__(self) -> None:
        self.schemas: dict[str, Schema] = {}
        self._known: dict[bytes, str] = {}

    def place(self, schema: Raw, hint: str) -> Schema:
        """`schema` as OpenAPI writes it; its definitions are components afterwards. `hint` names what has no name."""
        text = bytes(schema)
        if problem_of(text) is not None:
            return {}
        return _Translation(self, msgspec.json.decode(text), hint).whole()

    def named(self, name: str, schema: Schema) -> Schema:
        """A schema of our own as a component; the reference to it."""
        self.schemas.setdefault(name, schema)
        return {"$ref": _REFERENCE_BEGINS + name}

    def reserve(self, wanted: str, identity: bytes) -> tuple[str, bool]:
        """The name of the component that `identity` is, and whether it is new."""
        known = self._known.get(identity)
        if known is not None:
            return known, False
        base = re.sub(r"[^A-Za-z0-9._-]+", "_", wanted).strip("_") or "Schema"
        name, number = base, 1
        while name in self.schemas:
            number += 1
            name = f"{base}_{number}"
        self._known[identity] = name
        self.schemas[name] = {}
        return name, True


class _Translation:
    """One author's schema on its way."""

    def __init__(self, components: Components, root: Any, hint: str) -> None:
        self._components = components
        self._root = root
        self._hint = hint
        dialect = str(root.get("$schema", "")) if isinstance(root, dict) else ""
        self._old = _OLD.search(dialect) is not None
        self._own = str(root.get("$id") or root.get("id") or "") if isinstance(root, dict) else ""
        self._anchors = dict(_anchors(root, ())) if isinstance(root, dict) else {}

    def whole(self) -> Schema:
        made = self._schema(self._root)
        for home in _HOMES:
            made.pop(home, None)
        return made

    def _schema(self, given: Any) -> Schema:
        if not isinstance(given, dict):
            return {"not": {}} if given is False else {}
        made: Schema = {}
        for key, value in given.items():
            if key in _LEFT_OUT or (key == "id" and isinstance(value, str) and "draft-04" in self._dialect()):
                continue
            if key in _REFERENCES:
                made.update(self._reference(value))
            elif key in _MAPS and isinstance(value, dict):
                made[key] = {name: self._schema(one) for name, one in value.items()}
            elif key in _LISTS and isinstance(value, list):
                made[key] = [self._schema(one) for one in value]
            elif key == "items" and isinstance(value, list):
                made["prefixItems"] = [self._schema(one) for one in value]
                if "additionalItems" in given:
                    made["items"] = self._schema(given["additionalItems"])
            elif key == "dependencies" and isinstance(value, dict):
                self._dependencies(made, value)
            elif key in _SINGLE:
                made[key] = value if isinstance(value, bool) and key not in ("items", "not") else self._schema(value)
            elif key != "additionalItems":
                made[key] = value
        if self._old and any(key in given for key in _REFERENCES):
            made = {key: value for key, value in made.items() if key == "$ref" or key in _NOTES}
        return _modern(made)

    def _dialect(self) -> str:
        return str(self._root.get("$schema", ""))

    def _dependencies(self, made: Schema, given: dict[str, Any]) -> None:
        names = {key: one for key, one in given.items() if isinstance(one, list)}
        schemas = {key: self._schema(one) for key, one in given.items() if not isinstance(one, list)}
        if names:
            made["dependentRequired"] = names
        if schemas:
            made["dependentSchemas"] = schemas

    def _reference(self, target: object) -> Schema:
        place = self._place_of(target)
        if place is None:
            return {}
        if len(place) > 1 and place[0] in _HOMES:
            identity = self._identity(place[:2])
            name, new = self._components.reserve(place[1], identity)
            start: Any = self._root[place[0]][place[1]]
            rest = place[2:]
        else:
            name, new = self._components.reserve(str(self._root.get("title") or self._hint), self._identity(()))
            start, rest = self._root, place
        if new:
            made = self._schema(start)
            if start is self._root:
                for home in _HOMES:
                    made.pop(home, None)
            self._components.schemas[name] = made
        return {"$ref": _REFERENCE_BEGINS + name + _moved(start, rest)}

    def _place_of(self, target: object) -> tuple[str, ...] | None:
        """The tokens of the pointer that a reference is; None when it leads nowhere in this document."""
        text = str(target)
        if self._own and text.startswith(self._own):
            text = text[len(self._own) :] or "#"
        if not text.startswith("#"):
            return None
        if len(text) > 1 and text[1] != "/":
            return self._anchors.get(text[1:])
        place = tuple(unquote(part).replace("~1", "/").replace("~0", "~") for part in text[1:].split("/")[1:])
        return place if _found(self._root, place) else None

    def _identity(self, place: tuple[str, ...]) -> bytes:
        """All that a definition says, with all that it refers to."""
        said: dict[str, Any] = {}
        waiting = [place]
        while waiting:
            one = waiting.pop()
            key = "/".join(one[:2]) if one[:1] and one[0] in _HOMES else ""
            if key in said:
                continue
            said[key] = self._root if key == "" else self._root[one[0]][one[1]]
            if key == "":
                break
            waiting += [found for found in map(self._place_of, _references(said[key])) if found is not None]
        return msgspec.json.encode([list(place[:2]), said], order="sorted")


def _modern(made: Schema) -> Schema:
    """The words of draft 4 and of OpenAPI 3.0 that 2020-12 spells otherwise."""
    for bound in ("Minimum", "Maximum"):
        exclusive = made.get(f"exclusive{bound}")
        if isinstance(exclusive, bool):
            del made[f"exclusive{bound}"]
            if exclusive and bound.lower() in made:
                made[f"exclusive{bound}"] = made.pop(bound.lower())
    if "example" in made and "properties" not in made.get("example", ()):
        made.setdefault("examples", [made.pop("example")])
    if made.pop("nullable", None) is not True:
        return made
    kind = made.get("type")
    if kind is None or any(key in made for key in ("const", "$ref", "allOf", "anyOf", "oneOf")):
        kept = {key: made.pop(key) for key in list(made) if key in _NOTES}
        return {"anyOf": [made, {"type": "null"}], **kept}
    made["type"] = list(dict.fromkeys([*(kind if isinstance(kind, list) else [kind]), "null"]))
    if "enum" in made and None not in made["enum"]:
        made["enum"] = [*made["enum"], None]
    return made


def _moved(start: Any, place: tuple[str, ...]) -> str:
    """The rest of a pointer, as the translated schema has it."""
    made, at = "", start
    for index, part in enumerate(place):
        before = place[index - 1] if index else ""
        name = part
        if part == "items" and isinstance(at, dict) and isinstance(at.get("items"), list):
            name = "prefixItems"
        elif part == "additionalItems":
            name = "items"
        elif part == "dependencies" and before not in _MAPS:
            name = "dependentSchemas"
        made += "/" + name.replace("~", "~0").replace("/", "~1").replace("%", "%25")
        at = at[int(part)] if isinstance(at, list) else at[part]
    return made


def _found(at: Any, place: tuple[str, ...]) -> bool:
    for part in place:
        if isinstance(at, list) and part.isdigit() and int(part) < len(at):
            at = at[int(part)]
        elif isinstance(at, dict) and part in at:
            at = at[part]
        else:
            return False
    return isinstance(at, dict | bool)


def _inside(schema: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The schemas right below one, and where they stand."""
    if not isinstance(schema, dict):
        return
    for key, value in schema.items():
        if isinstance(value, dict) and key in (*_MAPS, "dependencies"):
            yield from (((key, name), one) for name, one in value.items())
        elif isinstance(value, list) and key in (*_LISTS, "items"):
            yield from (((key, str(index)), one) for index, one in enumerate(value))
        elif key in _SINGLE or key == "additionalItems":
            yield (key,), value


def _anchors(schema: Any, place: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    if isinstance(schema, dict):
        yield from ((schema[key], place) for key in _ANCHORS if isinstance(schema.get(key), str))
        for below, one in _inside(schema):
            yield from _anchors(one, (*place, *below))


def _references(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from (schema[key] for key in _REFERENCES if isinstance(schema.get(key), str))
        for _, one in _inside(schema):
            yield from _references(one)
