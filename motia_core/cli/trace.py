"""`motia trace`: the latest traces, or one as a tree of what emitted what, with its waits, attempts, calls and logs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.text import Text
from rich.tree import Tree

from motia_core.cli.arguments import Folder, Json, Since, folder, moment
from motia_core.cli.logs import record, searchable
from motia_core.cli.output import fail, note, out, plain, print_json, print_table, text
from motia_core.cli.project import run_async, storage
from motia_core.cli.source import source
from motia_core.model import LogRecord, Span
from motia_core.storage.history import Trace

_STATUSES = ("running", "completed", "failed")
_COLOURS = {"completed": "green", "failed": "red"}
_LEVELS = {"error": "red", "warn": "yellow", "debug": "dim"}
_NAMES = ("topic", "step", "stream", "group", "key", "id", "type")
_MOST_LOGS = 10_000


def trace(
    id: Annotated[
        str | None, typer.Argument(help="Trace id, as the X-Trace-Id header says; without it: a list")
    ] = None,
    grep: Annotated[str | None, typer.Option("--grep", "-g", help="Words in names and errors")] = None,
    step: Annotated[str | None, typer.Option(help="Only those in which this step ran")] = None,
    status: Annotated[str | None, typer.Option(help="running, completed or failed")] = None,
    since: Since = None,
    until: Annotated[str | None, typer.Option(help="Only until then, as --since")] = None,
    cursor: Annotated[str | None, typer.Option(help="Where the last page ended")] = None,
    limit: Annotated[int, typer.Option(help="At most this many traces", min=1)] = 20,
    as_json: Json = False,
    project: Folder = None,
) -> None:
    """Show the latest traces, or one as a tree of its steps, calls and logs."""
    if id is not None:
        _one(folder(project), id, as_json)
        return
    if status is not None and status not in _STATUSES:
        fail(f"'{plain(status)}' is no status", hint=f"one of {', '.join(_STATUSES)}", code=2)
    searchable(grep)
    start, end = moment(since), moment(until)

    async def listing() -> list[Trace]:
        async with storage(folder(project)) as store:
            return await store.traces.traces(
                limit=limit, cursor=cursor, text=grep, step=step, status=status, since=start, until=end
            )

    traces = run_async(listing)
    if as_json:
        print_json([trace_json(one) for one in traces])
        return
    rows = ((one.id, one.name, one.kind, _status(one.status), one.steps, _took(one), _clock(one.start),
             text(_first_line(one.error), "red")) for one in traces)  # fmt: skip
    print_table(["TRACE", "STEP", "KIND", "STATUS", "STEPS", "TOOK", "TIME", "ERROR"], rows, empty="no traces")
    if len(traces) == limit:
        note(f"older ones: --cursor {traces[-1].cursor}")


def _one(project: Path, id: str, as_json: bool) -> None:
    async def read() -> tuple[list[Span], list[LogRecord]]:
        async with storage(project) as store:
            spans = await store.traces.trace(id)
            lines = await store.traces.logs(trace_id=id, limit=_MOST_LOGS)
            return spans, [line for _, line in lines]

    spans, lines = run_async(read)
    if not spans and not lines:
        fail(f"there is no trace {plain(id)}", hint="motia trace lists the latest")
    if as_json:
        print_json(
            [{**span_json(s, str(project)), "logs": [record(x) for x in lines if x.invocation == s.id]} for s in spans]
        )
    else:
        out.print(_tree(id, spans, lines, str(project)))
        note(f"its log lines: motia logs --trace {plain(id)} · run it again: motia replay {plain(id)}")


def trace_json(one: Trace) -> dict[str, object]:
    return {
        "id": one.id,
        "name": one.name,
        "kind": one.kind,
        "status": one.status,
        "startTime": one.start,
        "endTime": one.end,
        "steps": one.steps,
        "failed": one.failed,
        "running": one.running,
        "error": one.error,
        "replayOf": one.replay_of,
        "cursor": one.cursor,
    }


def span_json(span: Span, project: str) -> dict[str, object]:
    """One execution in the shape users know."""
    failed = span.failure
    error = {
        "name": failed.name,
        "message": failed.message,
        "code": failed.code,
        "stack": failed.stack,
        "source": source(failed.stack, project),
    } if failed else None  # fmt: skip
    return {
        "id": span.id,
        "name": span.name,
        "parentTraceId": span.trace_id,
        "parentId": span.parent,
        "status": span.status,
        "startTime": span.start,
        "endTime": span.end,
        "language": span.language,
        "file": span.file,
        "worker": span.worker,
        "attempt": span.attempt,
        "wait": span.wait,
        "topic": span.topic,
        "entryPoint": {"type": span.kind, "stepName": span.name},
        "replayOf": span.replay_of,
        "error": error,
        "events": list(span.events),
    }


def _status(status: str) -> Text:
    return Text(status, _COLOURS.get(status, "yellow"))


def _took(one: Trace) -> str:
    return "" if one.end is None else f"{one.end - one.start} ms"


def _clock(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000).astimezone().strftime("%m-%d %H:%M:%S")


def _first_line(message: str | None) -> str:
    line = (message or "").partition("\n")[0]
    return line if len(line) <= 80 else f"{line[:79]}…"


def _tree(id: str, spans: list[Span], lines: list[LogRecord], project: str) -> Tree:
    starts = [*(span.start for span in spans), *(line.time for line in lines)]
    start, end = min(starts), max([*starts, *(span.end or span.start for span in spans)])
    languages = ", ".join(dict.fromkeys(span.language for span in spans))
    runs = f"{len(spans)} step{'' if len(spans) == 1 else 's'}"
    root = Tree(text(f"trace {id} · {runs} · {end - start} ms · {languages}", "bold"))
    ids = {span.id for span in spans}
    branches: dict[str, Tree] = {}
    waiting = list(spans)
    while waiting:
        # A parent may begin in the same millisecond as what it emitted, and stand behind it.
        ready = [span for span in waiting if span.parent not in ids or span.parent in branches] or waiting
        for span in ready:
            branch = branches.get(span.parent or "", root).add(_headline(span, start, project))
            branches[span.id] = branch
            own = [line for line in lines if line.invocation == span.id]
            for moment_ms, shown in sorted(_happenings(span, own), key=lambda pair: pair[0]):
                branch.add(Text(f"+{moment_ms - start:>4} ms ", "dim").append_text(shown))
        waiting = [span for span in waiting if span.id not in branches]
    for line in lines:
        if line.invocation not in branches:
            root.add(Text(f"+{line.time - start:>4} ms ", "dim").append_text(_logged(line)))
    return root


def _headline(span: Span, start: int, project: str) -> Text:
    head = text(span.name, "bold").append_text(text(f"  {span.kind} · {span.language}", "cyan"))
    head.append_text(text(f"  {span.topic}" if span.topic else "", "magenta"))
    took = "" if span.end is None else f", took {span.end - span.start} ms"
    waited = f", waited {span.wait} ms" if span.wait > 0 else ""
    on = f", on {plain(span.worker)}" if span.worker else ""
    head.append(f"  +{span.start - start} ms{waited}{took}{on}  ", "dim")
    if span.attempt > 1:
        head.append(f"attempt {span.attempt}  ", "yellow")
    if span.replay_of:
        head.append(f"replay of {plain(span.replay_of)}  ", "yellow")
    head.append_text(_status(span.status))
    if span.failure is not None:
        head.append_text(text(f"  {span.failure.name}: {span.failure.message}", "red"))
        if (place := source(span.failure.stack, project)) is not None:
            head.append_text(text(f"  at {place}", "red"))
    return head


def _happenings(span: Span, lines: list[LogRecord]) -> Iterator[tuple[int, Text]]:
    for raw in span.events:
        event = msgspec.json.decode(raw)
        if event.get("type") == "omitted":
            yield span.end or span.start, text(f"{event['count']} more calls", "dim")
            continue
        label = f"{event.get('type')}.{event.get('operation')}" if event.get("operation") else str(event.get("type"))
        line = Text(f"{label} ", "blue").append_text(text(_said(event.get("data") or {})))
        if event.get("success") is False:
            line.append(" refused", "red")
        yield int(event.get("timestamp", span.start)), line
    for log in lines:
        yield log.time, _logged(log)


def _said(data: dict[str, Any]) -> str:
    names = " ".join(str(data[key]) for key in _NAMES if data.get(key))
    facts = [f"{data['size']} bytes"] if "size" in data else []
    if data.get("found") is False:
        facts = ["nothing there"]
    facts += [f"{key} {data[key]}" for key in ("deliveries", "count", "reads") if key in data]
    facts += [f"{one['method']} {_said(one)}" for one in data.get("writes", ())]
    if "value" in data:
        facts.append(msgspec.json.encode(data["value"]).decode())
    return f"{names} ({', '.join(facts)})" if facts else names


def _logged(log: LogRecord) -> Text:
    shown = text(f"log {log.msg}", _LEVELS.get(log.level, ""))
    if log.source == "core" or bytes(log.fields) == b"{}":  # what the core adds is said by the span itself
        return shown
    return shown.append_text(text(f" {_first_line(bytes(log.fields).decode('utf-8', 'replace'))}", "dim"))
