"""Flows as graphs, endpoints and streams: what the screens draw of what is served. A snapshot in, items out; of files
only their presence is looked at."""

from __future__ import annotations

import glob
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from motia_core.model import Emit, Step, Stream
from motia_core.steps.registry import Broken, Snapshot

NAMESPACE = UUID("7f1c3ff2-9b00-4d0a-bdd7-efb8bca49d4f")
_COMPONENT = ".[a-z]sx"
"""The endings of components; the typed one wins."""
Item = dict[str, Any]


def file_id(project: Path, file: str) -> str:
    """The id of a step file on every screen, and in tools that know the old ones."""
    return str(uuid5(NAMESPACE, str(project / file)))


def step_ids(project: Path, steps: Iterable[Step]) -> dict[str, str]:
    """By step name. The first step of a file has the file's id, further ones an id of their own."""
    found: dict[str, str] = {}
    files: set[str] = set()
    for step in steps:
        first = step.file not in files
        files.add(step.file)
        found[step.name] = file_id(project, step.file if first else f"{step.file}#{step.member or step.name}")
    return found


def flows(project: Path, snapshot: Snapshot) -> dict[str, Item]:
    """By name. A step stands in each flow it names."""
    ids = step_ids(project, snapshot.steps)
    members: dict[str, list[Step]] = {}
    for step in snapshot.steps:
        for flow in dict.fromkeys(step.flows):
            members.setdefault(flow, []).append(step)
    return {name: _graph(name, members[name], ids, project) for name in sorted(members)}


def whole(project: Path, snapshot: Snapshot) -> Item:
    """All steps as one graph, whatever flows they name."""
    return _graph("", snapshot.steps, step_ids(project, snapshot.steps), project)


def _graph(name: str, steps: Sequence[Step], ids: dict[str, str], project: Path) -> Item:
    shown = [_step(step, ids[step.name], project) for step in steps]
    return {"id": name, "name": name, "steps": shown, "edges": _edges(steps, ids)}


def _step(step: Step, id: str, project: Path) -> Item:
    item: Item = {
        "id": id,
        "name": step.name,
        "type": step.kind,
        "filePath": step.file,
        "emits": [] if step.kind == "noop" else [_emit(one) for one in step.emits or ()],
        "flows": list(step.flows),
    }
    if step.description:
        item["description"] = step.description
    if step.language:
        item["language"] = step.language
    if step.line is not None:
        item["line"] = step.line
    if step.virtual_emits:
        item["virtualEmits"] = [_emit(one) for one in step.virtual_emits]
    if step.virtual_subscribes:
        item["virtualSubscribes"] = list(step.virtual_subscribes)
    drawn = component(project / step.file)
    if drawn is not None:
        item["nodeComponentPath"] = drawn
    if step.kind == "event":
        item["subscribes"] = ["*"] if step.all_topics else list(step.topics)
        if step.input_schema is not None:
            item["inputSchema"] = step.input_schema
    elif step.kind in ("api", "noop") and step.virtual_subscribes:
        item["subscribes"] = list(step.virtual_subscribes)
    if step.kind == "api" and step.routes:
        route = step.routes[0]
        item |= {"action": "webhook", "webhookUrl": f"{_method(route.method)} {route.path}"}
        if step.body_schema is not None:
            item["bodySchema"] = step.body_schema
    if step.kind == "cron":
        item["cronExpression"] = step.cron
    return item


def component(file: Path) -> str | None:
    """A component of the author's own that draws the step; it stands beside the file."""
    found = sorted(map(str, file.parent.glob(glob.escape(file.stem) + _COMPONENT)))
    return found[-1] if found else None


def _emit(emit: Emit) -> object:
    """As its author wrote it."""
    if emit.label is None and not emit.conditional:
        return emit.topic
    said: Item = {"topic": emit.topic}
    if emit.label is not None:
        said["label"] = emit.label
    if emit.conditional:
        said["conditional"] = True
    return said


def _edges(steps: Sequence[Step], ids: dict[str, str]) -> list[Item]:
    """One for each emit and each step that hears it. Two topics may join the same pair: each has an edge."""
    hearing: dict[str, list[str]] = {}
    everything = [ids[step.name] for step in steps if step.all_topics]
    for step in steps:
        for topic in dict.fromkeys((*step.topics, *step.virtual_subscribes)):
            hearing.setdefault(topic, []).append(ids[step.name])
    found: dict[str, Item] = {}
    for step in steps:
        source = ids[step.name]
        for variant, emits in (("event", step.emits or ()), ("virtual", step.virtual_emits)):
            for emit in emits:
                heard = [*hearing.get(emit.topic, ()), *(everything if variant == "event" else ())]
                for target in dict.fromkeys(heard):
                    id = f"{source}-{target}"
                    id = id if id not in found else f"{id}-{emit.topic}"
                    found.setdefault(id, _edge(id, source, target, variant, emit))
    return list(found.values())


def _edge(id: str, source: str, target: str, variant: str, emit: Emit) -> Item:
    data: Item = {"variant": variant, "topic": emit.topic}
    if emit.label is not None:
        data["label"] = emit.label
    data["labelVariant"] = "conditional" if emit.conditional else "default"
    return {"id": id, "source": source, "target": target, "data": data}


def endpoints(project: Path, steps: Sequence[Step], broken: Iterable[Broken] = ()) -> dict[str, Item]:
    """By the absolute path of the file; further ones of a file have their route in the id. The routes of broken files
    that are answered with 503 are there too, and say so."""
    ids = step_ids(project, steps)
    found: dict[str, Item] = {}
    taken: set[tuple[str, str]] = set()
    for step, why in [*((one, None) for one in steps), *((one, file.problem) for file in broken for one in file.steps)]:
        for route in step.routes if step.kind == "api" else ():
            if why is not None and (route.method, route.path) in taken:
                continue
            taken.add((route.method, route.path))
            id = str(project / step.file)
            method = _method(route.method)
            id = id if id not in found else f"{id}#{method} {route.path}"
            found[id] = {"id": id, "method": method, "path": route.path, "step": step.name, "flows": list(step.flows)}
            more = {
                "stepId": ids.get(step.name) or file_id(project, step.file),
                "filePath": step.file,
                "line": step.line,
                "language": step.language,
                "description": step.description,
                "queryParams": [{"name": one.name, "description": one.description} for one in step.query_params],
                "bodySchema": step.body_schema,
                "responseSchema": step.response_schema,
                "parameters": step.parameters,
                "middleware": step.middleware,
                "emits": [_emit(one) for one in step.emits or ()],
                "broken": why.message if why is not None else None,
            }
            found[id] |= {key: value for key, value in more.items() if value}
    return found


def streams(project: Path, found: Iterable[Stream], now: int) -> dict[str, Item]:
    """By name. The counts are told by the list of groups."""
    return {
        one.name: {
            "id": one.name,
            "name": one.name,
            "hidden": False,
            "itemCount": 0,
            "groupCount": 0,
            "lastUpdated": now,
            "filePath": str(project / one.file),
        }
        for one in found
    }


def _method(method: str) -> str:
    return "ANY" if method == "*" else method
