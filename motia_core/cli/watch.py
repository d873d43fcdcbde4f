"""`motia logs` and `motia trace`: what happened, read from the database, followed while it happens."""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated

import anyio
import msgspec
import typer
from rich.text import Text
from rich.tree import Tree

from motia_core.cli.arguments import Folder, Json, folder
from motia_core.cli.output import fail, out, plain, print_json, print_table, text
from motia_core.cli.project import run_async, storage
from motia_core.logs import render
from motia_core.model import LogRecord, Span
from motia_core.storage.base import Storage

_POLL = 0.25


def record(log: LogRecord) -> dict[str, object]:
    """The log record users know: the fields flattened at the top, ours winning."""
    fields = msgspec.json.decode(log.fields)
    return {
        **(fields if isinstance(fields, dict) else {}),
        "id": log.id,
        "level": log.level,
        "time": log.time,
        "msg": log.msg,
        "traceId": log.trace_id,
        "flows": list(log.flows),
        "step": log.step,
    }


def logs(
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as lines come")] = False,
    trace: Annotated[str | None, typer.Option(help="Only of this trace")] = None,
    step: Annotated[str | None, typer.Option(help="Only of this step")] = None,
    level: Annotated[str | None, typer.Option(help="Lowest level: debug, info, warn, error")] = None,
    limit: Annotated[int, typer.Option(help="At most this many of the latest lines", min=1)] = 200,
    as_json: Json = False,
    project: Folder = None,
) -> None:
    """Show log lines."""
    if level is not None and level not in ("debug", "info", "warn", "error"):
        fail(f"'{plain(level)}' is no level", hint="one of debug, info, warn, error", code=2)

    def show(lines: list[LogRecord]) -> None:
        for line in lines:
            if as_json:
                print_json(record(line), line=True)
            else:
                out.print(render(line))

    async def work() -> list[LogRecord]:
        async with storage(folder(project)) as store:
            rows = await store.traces.logs(limit=limit, trace_id=trace, step=step, level=level)
            if not follow:
                return [line for _, line in rows]
            show([line for _, line in rows])
            after = max((number for number, _ in rows), default=0)
            while True:
                await anyio.sleep(_POLL)
                rows = await store.traces.logs(
                    limit=1000, after=after, trace_id=trace, step=step, level=level, newest=False
                )
                show([line for _, line in rows])
                after = max((number for number, _ in rows), default=after)

    lines = _until_interrupted(work)
    if as_json:
        print_json([record(line) for line in lines])
    elif lines:
        show(lines)
    elif not follow:
        out.print(text("no log lines", "dim"))


def _until_interrupted(work: Callable[[], Awaitable[list[LogRecord]]]) -> list[LogRecord]:
    try:
        return run_async(work)
    except KeyboardInterrupt:
        raise SystemExit(0) from None
    except BrokenPipeError:
        # Whoever read our output has had enough of it: `motia logs --follow | head`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None


def trace(
    id: Annotated[
        str | None, typer.Argument(help="Trace id, as the X-Trace-Id header says; without it: a list")
    ] = None,
    limit: Annotated[int, typer.Option(help="At most this many traces", min=1)] = 20,
    as_json: Json = False,
    project: Folder = None,
) -> None:
    """Show the latest traces, or one as a tree of its steps, calls and logs."""

    async def listing() -> list[Span]:
        async with storage(folder(project)) as store:
            return await store.traces.traces(limit=limit)

    if id is None:
        spans = run_async(listing)
        if as_json:
            print_json([span_json(span) for span in spans])
        else:
            rows = ((s.trace_id, s.name, s.kind, _status(s), _clock(s.start)) for s in spans)
            print_table(["TRACE", "STEP", "KIND", "STATUS", "TIME"], rows, empty="no traces yet")
        return

    async def one() -> tuple[list[Span], list[LogRecord]]:
        async with storage(folder(project)) as store:
            return await _trace(store, id)

    spans, lines = run_async(one)
    if not spans:
        fail(f"there is no trace {plain(id)}", hint="motia trace lists the latest")
    if as_json:
        print_json([{**span_json(s), "logs": [record(x) for x in lines if x.invocation == s.id]} for s in spans])
    else:
        out.print(_tree(id, spans, lines))


async def _trace(store: Storage, id: str) -> tuple[list[Span], list[LogRecord]]:
    spans = await store.traces.trace(id)
    lines = [line for _, line in await store.traces.logs(trace_id=id, limit=10_000)]
    return spans, lines


def span_json(span: Span) -> dict[str, object]:
    """One execution in the shape users know."""
    failed = span.failure
    return {
        "id": span.id,
        "name": span.name,
        "parentTraceId": span.trace_id,
        "parentId": span.parent,
        "status": span.status,
        "startTime": span.start,
        "endTime": span.end,
        "language": span.language,
        "worker": span.worker,
        "attempt": span.attempt,
        "topic": span.topic,
        "entryPoint": {"type": span.kind, "stepName": span.name},
        "error": {"message": failed.message, "code": failed.code, "stack": failed.stack} if failed else None,
        "events": list(span.events),
    }


def _status(span: Span) -> Text:
    return Text(span.status, {"completed": "green", "failed": "red"}.get(span.status, "yellow"))


def _clock(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000).astimezone().strftime("%H:%M:%S")


def _tree(id: str, spans: list[Span], lines: list[LogRecord]) -> Tree:
    start, end = min(s.start for s in spans), max(s.end or s.start for s in spans)
    languages = ", ".join(dict.fromkeys(s.language for s in spans))
    root = Tree(text(f"trace {id} · {len(spans)} steps · {end - start} ms · {languages}", "bold"))
    nodes = {s.id: s for s in spans}
    branches: dict[str, Tree] = {}
    for span in sorted(spans, key=lambda s: s.start):
        above = branches.get(span.parent or "") if span.parent in nodes else None
        branch = (above or root).add(_headline(span, start))
        branches[span.id] = branch
        for moment, line in sorted(_happenings(span, lines), key=lambda pair: pair[0]):
            branch.add(Text(f"+{moment - start:>4} ms ", "dim").append_text(line))
    return root


def _headline(span: Span, start: int) -> Text:
    head = text(span.name, "bold").append_text(text(f"  {span.kind} · {span.language}", "cyan"))
    head.append_text(text(f"  {span.topic}" if span.topic else "", "magenta"))
    head.append(f"  +{span.start - start} ms, took {(span.end or span.start) - span.start} ms  ", "dim")
    if span.attempt > 1:
        head.append(f"attempt {span.attempt}  ", "yellow")
    head.append_text(_status(span))
    if span.failure is not None:
        head.append_text(text(f"  {span.failure.name}: {span.failure.message}", "red"))
    return head


def _happenings(span: Span, lines: list[LogRecord]) -> list[tuple[int, Text]]:
    found: list[tuple[int, Text]] = []
    for raw in span.events:
        event = msgspec.json.decode(raw)
        data = event.get("data") or {}
        what = data.get("topic") or " ".join(str(data[k]) for k in ("stream", "group", "key", "id") if data.get(k))
        label = f"{event.get('type')}.{event.get('operation')}" if event.get("operation") else str(event.get("type"))
        line = Text(f"{label} ", "blue").append_text(text(what))
        if event.get("success") is False:
            line.append(" refused", "red")
        found.append((int(event.get("timestamp", span.start)), line))
    colours = {"error": "red", "warn": "yellow", "debug": "dim"}
    for log in lines:
        if log.invocation == span.id:
            found.append((log.time, text(f"log {log.msg}", colours.get(log.level, ""))))
    return found
