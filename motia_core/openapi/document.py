"""The whole document of what is served right now. Pure: the same snapshot gives the same bytes.

Left out: what the server has of its own (health, the admin surface) and routes of broken files that nobody serves.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from motia_core.model import Stream
from motia_core.openapi.operations import Operations, name_of
from motia_core.openapi.paths import path_parameters, places
from motia_core.openapi.refusals import Object
from motia_core.openapi.schemas import Components
from motia_core.steps.registry import Snapshot
from motia_core.steps.routes import sse_route

_TITLE = "Motia Project API"
_STREAMS = "streams"


class Info(Struct, frozen=True):
    """What the document says of itself."""

    title: str = _TITLE
    version: str = "1.0.0"
    description: str = ""


class _Package(Struct):
    name: str = ""
    version: str = ""
    description: str = ""


def info_of(project: Path) -> Info:
    """Name, version and description as the project's `package.json` has them."""
    try:
        found = msgspec.json.decode((project / "package.json").read_bytes(), type=_Package)
    except (OSError, msgspec.MsgspecError):
        return Info()
    return Info(found.name or _TITLE, found.version or "1.0.0", found.description)


def document(snapshot: Snapshot, info: Info) -> dict[str, Any]:
    """OpenAPI 3.1."""
    components = Components()
    operations = Operations(components)
    paths: dict[str, Object] = {}
    steps = [step for step in snapshot.steps if step.kind == "api"]
    for place in places(steps):
        paths.setdefault(place.path, {})[place.method] = operations.of(place)
    for stream in snapshot.streams.values():
        for path, operation in _event_sources(stream, components, operations):
            paths.setdefault(path, {}).setdefault("get", operation)
    tags = dict.fromkeys(tag for item in paths.values() for one in item.values() for tag in one.get("tags", ()))
    made: Object = {"openapi": "3.1.0", "info": {"title": info.title, "version": info.version}}
    if info.description:
        made["info"]["description"] = info.description
    if tags:
        made["tags"] = [{"name": tag} for tag in sorted(tags)]
    made["paths"] = dict(sorted(paths.items()))
    parts = {"schemas": dict(sorted(components.schemas.items())), "responses": operations.refusals.responses}
    if any(parts.values()):
        made["components"] = {name: part for name, part in parts.items() if part}
    return made


def _event_sources(stream: Stream, components: Components, operations: Operations) -> Sequence[tuple[str, Object]]:
    """A stream that is also served as server-sent events."""
    route = sse_route(stream)
    if route is None:
        return ()
    item: Object = {}
    if stream.schema is not None:
        item = components.named(f"{name_of(stream.name)}_item", components.place(stream.schema, stream.name))
    found = []
    for place in places([route]):
        media = {"schema": {"type": "string"}, "x-motia-item": item}
        responses: Object = {
            "200": {"description": "Changes of the group, as they happen", "content": {"text/event-stream": media}}
        }
        for status in ("400", "401", "403", "404", "503"):
            responses[status] = operations.refusals.of(status)
        operation: Object = {
            "operationId": operations.id_of(place),
            "summary": stream.name,
            "tags": [_STREAMS],
            "responses": responses,
        }
        if stream.description:
            operation["description"] = stream.description
        parameters = path_parameters(place, {})
        if parameters:
            operation["parameters"] = parameters
        found.append((place.path, operation))
    return found
