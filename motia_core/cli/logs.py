"""`motia logs`: recorded lines, searched and followed, read from the database whether a server runs or not."""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated

import anyio
import msgspec
import typer

from motia_core.cli.arguments import Folder, Json, Since, folder, moment
from motia_core.cli.output import fail, note, out, plain, print_json, text
from motia_core.cli.project import run_async, storage
from motia_core.logs import render
from motia_core.model import LogRecord
from motia_core.storage.history import TraceStore
from motia_core.storage.words import words

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


def searchable(grep: str | None) -> None:
    """Ends the command when there is no word to look for."""
    if grep is not None and not words(grep):
        fail(f"'{plain(grep)}' holds no word to look for", hint="texts are found by their words", code=2)


def logs(
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as lines come")] = False,
    grep: Annotated[str | None, typer.Option("--grep", "-g", help="Words in a row; the last may go on")] = None,
    trace: Annotated[str | None, typer.Option(help="Only of this trace")] = None,
    step: Annotated[str | None, typer.Option(help="Only of this step")] = None,
    level: Annotated[str | None, typer.Option(help="Lowest level: debug, info, warn, error")] = None,
    since: Since = None,
    until: Annotated[str | None, typer.Option(help="Only until then, as --since")] = None,
    before: Annotated[int | None, typer.Option(help="Older than this number: the next page", min=1)] = None,
    limit: Annotated[int, typer.Option(help="At most this many of the latest lines", min=1)] = 200,
    as_json: Json = False,
    project: Folder = None,
) -> None:
    """Show log lines, oldest first."""
    if level is not None and level not in ("debug", "info", "warn", "error"):
        fail(f"'{plain(level)}' is no level", hint="one of debug, info, warn, error", code=2)
    searchable(grep)
    start, end = moment(since), moment(until)

    def show(lines: list[LogRecord]) -> None:
        for line in lines:
            if as_json:
                print_json(record(line), line=True)
            else:
                out.print(render(line))

    async def page(store: TraceStore, after: int, most: int, *, newest: bool) -> list[tuple[int, LogRecord]]:
        return await store.logs(
            limit=most, after=after, before=before, text=grep, trace_id=trace, step=step, level=level,
            since=start, until=end, newest=newest,
        )  # fmt: skip

    async def work() -> list[tuple[int, LogRecord]]:
        async with storage(folder(project)) as store:
            rows = await page(store.traces, 0, limit, newest=True)
            if not follow:
                return rows
            show([line for _, line in rows])
            after = max((number for number, _ in rows), default=0)
            while True:
                await anyio.sleep(_POLL)
                rows = await page(store.traces, after, 1000, newest=False)
                show([line for _, line in rows])
                after = max((number for number, _ in rows), default=after)

    rows = _until_interrupted(work)
    if as_json:
        print_json([record(line) for _, line in rows])
    elif rows:
        show([line for _, line in rows])
    else:
        out.print(text("no log lines", "dim"))
    if len(rows) == limit:
        note(f"older ones: --before {rows[0][0]}")
    if rows and trace is not None and not as_json:
        note(f"as a tree: motia trace {trace}")


def _until_interrupted(work: Callable[[], Awaitable[list[tuple[int, LogRecord]]]]) -> list[tuple[int, LogRecord]]:
    try:
        return run_async(work)
    except KeyboardInterrupt:
        raise SystemExit(0) from None
    except BrokenPipeError:
        # Whoever read our output has had enough of it: `motia logs --follow | head`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None
