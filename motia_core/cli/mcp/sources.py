"""What the files of the project say: steps, flows and source, whether a server runs or not. Also as resources.

Source is shown only of files that are steps or streams or were loaded by one, inside the project: nothing else can be
named, however the path is written.
"""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote, unquote

from msgspec import Meta

from motia_core.cli.flows import flow_json, trigger
from motia_core.cli.inspect import step_rows
from motia_core.cli.mcp.project import Project
from motia_core.cli.mcp.tools import Arguments, Refused, Tool
from motia_core.cli.mermaid import mermaid
from motia_core.steps.flows import Flow, flows
from motia_core.steps.registry import Snapshot

_PAGE = 100
_SOURCE, _FLOW = "motia://source/", "motia://flow/"


def readable(snapshot: Snapshot) -> list[str]:
    """The files whose source may be shown: steps, streams, what they load, and files that are broken."""
    found = {step.file for step in snapshot.steps} | {stream.file for stream in snapshot.streams.values()}
    found |= set(snapshot.files) | {file for loaded in snapshot.files.values() for file in loaded}
    found |= {broken.file for broken in snapshot.broken}
    steps = set(snapshot.files) | {step.file for step in snapshot.steps}
    return sorted(file for file in found if file in steps or not _private(file))


def _private(file: str) -> bool:
    return any(part.startswith(".") for part in file.split("/")) or file.startswith(("/", "node_modules/"))


def _text(project: Path, snapshot: Snapshot, file: str) -> str:
    """The source of a file that may be read. Raises Refused."""
    if file not in readable(snapshot):
        raise Refused(f"{file} is no step of this project and no file that one loads; list_steps names the files")
    try:
        real = (project / file).resolve(strict=True)
        if not real.is_relative_to(project.resolve()):
            raise Refused(f"{file} leads out of the project: it is not shown")
        return real.read_text("utf-8", "replace")
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error.strerror}") from None


class ListSteps(Arguments, frozen=True):
    flow: Annotated[str | None, Meta(description="Only steps of this flow")] = None
    search: Annotated[str | None, Meta(description="Only those whose name, file, trigger or topics hold this text")] = (
        None
    )
    offset: Annotated[int, Meta(description="Skip so many", ge=0)] = 0
    limit: Annotated[int, Meta(description="At most so many", ge=1, le=500)] = _PAGE


class ReadSource(Arguments, frozen=True):
    file: Annotated[str, Meta(description="Path as list_steps shows it (`steps/pay.step.ts`), or the name of a step")]
    line: Annotated[int, Meta(description="First line to show", ge=1)] = 1
    limit: Annotated[int, Meta(description="At most so many lines", ge=1, le=2000)] = 400


class ListFlows(Arguments, frozen=True):
    flow: Annotated[str | None, Meta(description="Only this flow")] = None
    format: Annotated[Literal["json", "mermaid"], Meta(description="json, or a Mermaid flowchart as text")] = "json"


def tools(project: Project) -> list[Tool]:
    async def list_steps(given: ListSteps) -> object:
        snapshot = await project.snapshot()
        rows = [row for row in step_rows(snapshot) if _wanted(row, given)]
        shown = rows[given.offset : given.offset + given.limit]
        more = given.offset + len(shown)
        return {"steps": shown, "total": len(rows), **({"nextOffset": more} if more < len(rows) else {})}

    async def read_source(given: ReadSource) -> object:
        snapshot = await project.snapshot()
        file = given.file.removeprefix("./")
        if file not in readable(snapshot) and (step := snapshot.find(file)) is not None:
            file = step.file
        lines = _text(project.path, snapshot, file).splitlines()
        last = min(len(lines), given.line - 1 + given.limit)
        numbered = [f"{number:>5}  {lines[number - 1]}" for number in range(given.line, last + 1)]
        more = f"; go on with line {last + 1}" if last < len(lines) else ""
        return "\n".join([f"{file}, lines {min(given.line, len(lines))} to {last} of {len(lines)}{more}", *numbered])

    async def list_flows(given: ListFlows) -> object:
        found = _flows(await project.snapshot(), given.flow)
        return (
            "\n".join(mermaid(flow) for flow in found) if given.format == "mermaid" else [flow_json(f) for f in found]
        )

    return [
        Tool(
            name="list_steps",
            title="List steps",
            description="All steps and streams of the project, and files that are broken, with their error: name, type"
            " (api, event, cron, noop, stream), language, file, HTTP method and path, topics it subscribes to and"
            " emits, cron expression, flows. Begin here. Works without a running server.",
            arguments=ListSteps,
            run=list_steps,
        ),
        Tool(
            name="read_source",
            title="Read source",
            description="The source of a step, or of a project file that a step imports, with line numbers. Other files"
            " are refused. Errors in `trace` name places as file:line: read them here. Works without a running server.",
            arguments=ReadSource,
            run=read_source,
        ),
        Tool(
            name="list_flows",
            title="List flows",
            description="Which steps belong together and which emits lead from one to the next: {name, steps, edges}."
            " `virtual` edges are declared for diagrams only. Works without a running server.",
            arguments=ListFlows,
            run=list_flows,
        ),
    ]


def _wanted(row: dict[str, object], given: ListSteps) -> bool:
    wanted = (given.search or "").lower()
    said = [row["name"], row["filePath"], row["path"], row["cron"], row["subscribes"], row["emits"], row["error"]]
    flows_of = row["flows"]
    in_flow = given.flow is None or (isinstance(flows_of, list) and given.flow in flows_of)
    return in_flow and wanted in " ".join(str(one) for one in said if one).lower()


def _flows(snapshot: Snapshot, name: str | None) -> tuple[Flow, ...]:
    found = flows(snapshot, loose=True)
    if name is None:
        return found
    chosen = tuple(flow for flow in found if flow.name == name)
    if not chosen:
        known = ", ".join(flow.name for flow in found if flow.name) or "none"
        raise Refused(f"there is no flow '{name}'; there are: {known}")
    return chosen


class Sources:
    """The same files and flows as resources: `motia://source/PATH` and `motia://flow/NAME`."""

    def __init__(self, project: Project) -> None:
        self._project = project

    async def page(self, cursor: str | None) -> tuple[list[dict[str, object]], str | None]:
        if cursor is not None and not cursor.isdecimal():
            raise Refused("the cursor is none of this server's")
        snapshot = await self._project.snapshot()
        steps: dict[str, list[str]] = {}
        for step in snapshot.steps:
            steps.setdefault(step.file, []).append(f"{step.kind} {step.name} ({trigger(step)})")
        every: list[dict[str, object]] = [
            {"uri": _FLOW + quote(flow.name, safe=""), "name": flow.name, "mimeType": "text/vnd.mermaid",
             "description": f"Flow of {len(flow.steps)} steps"}
            for flow in flows(snapshot)
        ]  # fmt: skip
        every += [
            {
                "uri": _SOURCE + quote(file),
                "name": file,
                "mimeType": _kind(file),
                "description": "; ".join(steps.get(file, ["imported by a step"])),
            }
            for file in readable(snapshot)
        ]
        begin = int(cursor or 0)
        end = begin + _PAGE
        return every[begin:end], str(end) if end < len(every) else None

    async def read(self, uri: str) -> dict[str, object]:
        snapshot = await self._project.snapshot()
        if uri.startswith(_FLOW):
            [flow] = _flows(snapshot, unquote(uri.removeprefix(_FLOW)))
            return {"uri": uri, "mimeType": "text/vnd.mermaid", "text": mermaid(flow)}
        if not uri.startswith(_SOURCE):
            raise Refused("there is no such resource; resources/list names them")
        file = unquote(uri.removeprefix(_SOURCE))
        return {"uri": uri, "mimeType": _kind(file), "text": _text(self._project.path, snapshot, file)}


def _kind(file: str) -> str:
    if file.endswith((".ts", ".mts", ".cts")):
        return "text/typescript"
    return mimetypes.guess_type(file)[0] or "text/plain"
