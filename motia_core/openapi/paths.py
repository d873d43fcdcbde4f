"""Route templates as OpenAPI writes paths: `/users/:id(\\\\d+)` is `/users/{id}` with a pattern. Pure.

OpenAPI has no optional segments: each reading is a path of its own. Two templates that differ in the names of their
parameters only are one path: the names of the first are used for both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from msgspec import Struct

from motia_core.model import Route, Step
from motia_core.triggers.templates import Param, expand, pieces

Parameter = dict[str, Any]

ANY = ("get", "put", "post", "delete", "patch")
"""What stands for a route of all methods."""

_KNOWN = frozenset({*ANY, "options", "head", "trace"})
_LITERAL = "/%:@!$&'()*+,;=~-._"
_CROSSES = "May hold slashes."


class Place(Struct, frozen=True):
    """One method of one path. `names` are the parameters as the path has them, `own` as this step's template does."""

    path: str
    method: str
    step: Step
    params: tuple[Param, ...]
    names: tuple[str, ...]
    any_method: bool = False


def places(steps: Sequence[Step]) -> list[Place]:
    """Where the steps are served, in their order; of two for one method of one path the first, and a method that is
    named before one that stands for all."""
    found: dict[tuple[str, str], Place] = {}
    paths: dict[str, tuple[str, tuple[str, ...]]] = {}
    for step in steps:
        for route in step.routes:
            for template in dict.fromkeys(expand(route.path)):
                for place, shape in _of(step, route, template, paths):
                    before = found.get((shape, place.method))
                    if before is None or (before.any_method and not place.any_method):
                        found[shape, place.method] = place
    return list(found.values())


def _of(
    step: Step, route: Route, template: str, paths: dict[str, tuple[str, tuple[str, ...]]]
) -> Iterator[tuple[Place, str]]:
    parts = pieces("/" + template.strip("/"))
    params = tuple(part for part in parts if isinstance(part, Param))
    shape = "".join("{}" if isinstance(part, Param) else part.lower() for part in parts)
    names = _unique([param.name for param in params])
    left = iter(names)
    path = "".join(f"{{{next(left)}}}" if isinstance(part, Param) else quote(part, safe=_LITERAL) for part in parts)
    path, names = paths.setdefault(shape, (path, names))
    methods = ANY if route.method == "*" else (route.method.lower(),)
    for method in methods:
        if method in _KNOWN:
            yield Place(path, method, step, params, names, route.method == "*"), shape


def _unique(names: list[str]) -> tuple[str, ...]:
    """A name that comes twice would be one parameter."""
    made: list[str] = []
    for name in names:
        number, wanted = 1, name
        while wanted in made:
            number += 1
            wanted = f"{name}{number}"
        made.append(wanted)
    return tuple(made)


def path_parameters(place: Place, said: dict[str, Any]) -> list[Parameter]:
    """`said`: what the step's own schemas say of its parameters, by their names in its template."""
    made = []
    for name, param in zip(place.names, place.params, strict=True):
        schema: dict[str, Any] = {"type": "string"}
        if param.regex is not None and not param.crosses and _is_common(param.regex):
            schema["pattern"] = f"^(?:{param.regex})$"
        elif not param.crosses:
            schema["minLength"] = 1
        own = said.get(param.name)
        one: Parameter = {"name": name, "in": "path", "required": True, "schema": own or schema}
        notes = [_CROSSES] if param.crosses else []
        if name != param.name:
            notes.append(f"The step calls it `{param.name}`.")
        if own and own.get("description"):
            notes.insert(0, str(own["description"]))
        if notes:
            one["description"] = " ".join(notes)
        made.append(one)
    return made


def _is_common(regex: str) -> bool:
    """Whether other tools read the pattern as we do."""
    try:
        re.compile(regex)
    except re.error:
        return False
    return "(?" not in regex
