"""One operation: what a step takes and answers at one method of one path. Pure.

Says what is known and no more: a step without a schema takes any body; one without a `responseSchema` has a `default`
response. What the server answers by itself stands beside what the step answers.
"""

from __future__ import annotations

import json
import re
from http import HTTPStatus

import msgspec
from msgspec import Raw

from motia_core.model import Step
from motia_core.openapi.examples import NoExample, example
from motia_core.openapi.paths import Parameter, Place, path_parameters
from motia_core.openapi.refusals import ALWAYS, WITH_BODY, Object, Refusals, is_ours
from motia_core.openapi.schemas import Components, Schema
from motia_core.validation import Validators

_BODILESS = frozenset({"get", "head", "delete", "options", "trace"})
_RESERVED = frozenset({"accept", "content-type", "authorization"})
_JSON = "application/json"
_TEXT = ("text/plain", "text/html")
_BYTES = "application/octet-stream"
_EVENTS = "text/event-stream"


class Operations:
    """Makes operations; what they share gathers in `components` and `refusals`."""

    def __init__(self, components: Components) -> None:
        self._components = components
        self.refusals = Refusals(components)
        self._validators = Validators(regex_limit=100_000)
        self._ids: set[str] = set()

    def of(self, place: Place) -> Object:
        step = place.step
        made: Object = {"operationId": self.id_of(place), "summary": step.name}
        if step.description:
            made["description"] = step.description
        if step.flows:
            made["tags"] = list(dict.fromkeys(step.flows))
        parameters = self._parameters(place)
        if parameters:
            made["parameters"] = parameters
        body = self._body(place)
        if body is not None:
            made["requestBody"] = body
        checked = (step.body_schema is not None and body is not None) or bool(step.parameters)
        made["responses"] = self._responses(place, body is not None, checked)
        made["x-motia-step"] = step.name
        return made

    def id_of(self, place: Place) -> str:
        """Unique: the step's name where it has one place, else with the method."""
        base = name_of(place.step.name)
        found, number = base, 1
        if place.any_method or len(place.step.routes) > 1:
            found = f"{base}_{place.method}"
        wanted = found
        while found in self._ids:
            number += 1
            found = f"{wanted}_{number}"
        self._ids.add(found)
        return found

    def _parameters(self, place: Place) -> list[Parameter]:
        step = place.step
        said = {part: self._placed(step, part) for part in step.parameters}
        paths = path_parameters(place, said.get("params", {}).get("properties", {}))
        query = _listed(said.get("query", {}), "query")
        known = {one["name"] for one in query}
        for one in step.query_params:
            if one.name not in known:
                known.add(one.name)
                query.append(
                    _described({"name": one.name, "in": "query", "schema": {"type": "string"}}, one.description)
                )
            elif one.description:
                next(two for two in query if two["name"] == one.name).setdefault("description", one.description)
        headers = _listed(said.get("headers", {}), "header")
        return [*paths, *query, *(one for one in headers if one["name"].lower() not in _RESERVED)]

    def _placed(self, step: Step, part: str) -> Schema:
        """The schema of a part of the request, with the references at its top followed."""
        made = self._components.place(step.parameters[part], f"{name_of(step.name)}_{part}")
        for _ in range(5):
            name = str(made.get("$ref", "")).rpartition("/")[2]
            if name not in self._components.schemas:
                break
            made = self._components.schemas[name]
        return made

    def _body(self, place: Place) -> Object | None:
        step = place.step
        if step.body_schema is None:
            if place.method in _BODILESS:
                return None
            return {"content": {_JSON: {"schema": {}}}}
        schema = self._components.place(step.body_schema, f"{name_of(step.name)}_body")
        media = self._media(schema, step.body_schema)
        content = {_JSON: media}
        if _has_files(schema):
            content["multipart/form-data"] = media
        validator = self._validators.of(step.accepts or step.body_schema)
        # A missing body counts as an empty object, but for methods that usually have none.
        missing = place.method in _BODILESS or not validator.check({})
        return {"required": not missing, "content": content}

    def _media(self, schema: Schema, raw: Raw) -> Object:
        media: Object = {"schema": schema}
        try:
            found = example(schema, self._components.schemas)
            json.dumps(found, allow_nan=False)
        except (NoExample, TypeError, ValueError, OverflowError, RecursionError, LookupError, AttributeError):
            return media
        if not self._validators.of(raw).check(found):
            media["example"] = found
        return media

    def _responses(self, place: Place, body: bool, checked: bool) -> Object:
        step = place.step
        made: Object = {}
        for status, raw in sorted(step.response_schema.items()):
            if not re.fullmatch(r"[1-5]\d\d", status):
                continue
            response: Object = {"description": _words(status)}
            schema = self._components.place(raw, f"{name_of(step.name)}_{status}")
            if status not in ("204", "205", "304"):
                response["content"] = self._content(schema, raw)
            if is_ours(status):
                self._share(response, status, checked)
            made[status] = response
        if not any(status.startswith(("2", "3")) for status in made):
            made["default"] = {"description": "What the step answers; it declares no schema for it"}
        if place.any_method and step.inferred and not step.response_schema:
            made["default"]["content"] = {"*/*": {}, _EVENTS: {"schema": {"type": "string"}}}
        for status in (*ALWAYS, *(WITH_BODY if body else ())):
            made.setdefault(status, self.refusals.of(status, checked=checked))
        return dict(sorted(made.items()))

    def _share(self, response: Object, status: str, checked: bool) -> None:
        """A status that both the step and the server answer with."""
        media = response["content"].setdefault(_JSON, {"schema": {"not": {}}})
        media["schema"] = {"anyOf": [media["schema"], self.refusals.schema(status, checked=checked)]}

    def _content(self, schema: Schema, raw: Raw) -> Object:
        """By media type: text goes out as text, bytes as bytes, the rest as JSON."""
        kinds = schema.get("type")
        kinds = {kinds} if isinstance(kinds, str) else set(kinds or ())
        if kinds == {"string"}:
            declared = schema.get("contentMediaType")
            if isinstance(declared, str) and "/" in declared:
                return {declared: {"schema": schema}}
            if schema.get("format") == "binary":
                return {_BYTES: {}}
            return {kind: {"schema": schema} for kind in _TEXT}
        content: Object = {_JSON: self._media(schema, raw)}
        if "string" in kinds:
            content |= {kind: {"schema": {"type": "string"}} for kind in _TEXT}
        return content


def name_of(name: str) -> str:
    """A step's name as programs generated from the document can use it."""
    return re.sub(r"[^A-Za-z0-9_]+", "_", name).strip("_") or "step"


def _listed(schema: Schema, where: str) -> list[Parameter]:
    """The properties of an object as parameters."""
    required = schema.get("required", ())
    made = []
    for name, one in schema.get("properties", {}).items():
        parameter: Parameter = {"name": name, "in": where, "schema": one}
        if name in required:
            parameter["required"] = True
        if where == "query" and ("properties" in one or one.get("type") == "object"):
            parameter |= {"style": "deepObject", "explode": True}
        if one.get("deprecated") is True:
            parameter["deprecated"] = True
        made.append(_described(parameter, one.get("description")))
    return made


def _described(parameter: Parameter, description: object) -> Parameter:
    return {**parameter, "description": description} if isinstance(description, str) and description else parameter


def _has_files(schema: Schema) -> bool:
    parts = schema.get("properties", {}).values()
    return any(part.get("format") == "binary" or part.get("contentMediaType") for part in parts)


def _words(status: str) -> str:
    try:
        return HTTPStatus(int(status)).phrase
    except ValueError:
        return f"Status {status}"


def encode(document: Object) -> bytes:
    """As people read it."""
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"
