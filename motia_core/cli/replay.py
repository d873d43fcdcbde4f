"""`motia replay`: has the running server run again what it has recorded, with the input it had or another."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer

from motia_core.app.ran import Replayed
from motia_core.cli.arguments import Folder, Json, folder, json_input
from motia_core.cli.client import Client, read_server_file
from motia_core.cli.output import fail, note, print_json, print_table
from motia_core.cli.project import motia_dir

_LONG = 3600.0


def replay(
    id: Annotated[str, typer.Argument(help="Id of a trace, or of one span of it")],
    input: Annotated[
        str | None, typer.Option("--input", "-i", help="Another input: JSON, @file or - for standard input")
    ] = None,
    dry: Annotated[bool, typer.Option("--dry", help="Say what would run, and run nothing")] = False,
    as_json: Json = False,
    project: Folder = None,
) -> None:
    """Run a recorded step again, or what began a trace, in a new trace; what it emits is emitted."""
    path = folder(project)
    body: dict[str, object] = {"id": id, "dry": dry}
    if input is not None:
        body["input"] = json_input(input)
    answer = Client(read_server_file(motia_dir(path))).post("/__motia/api/replay", body, timeout=_LONG)
    replayed = msgspec.convert(answer, Replayed)
    if as_json:
        print_json(answer)
    elif dry:
        rows = ((run.step, run.kind, run.file, run.span, _input(run.size), run.error) for run in replayed.runs)
        print_table(["STEP", "KIND", "FILE", "SPAN", "INPUT", "BUT"], rows, empty="nothing would run")
    elif replayed.trace_id is not None:
        for run in replayed.runs:
            if run.error is None:
                print_json(run.result)
        note(f"trace {replayed.trace_id}")
    if replayed.error is not None and not as_json:
        fail(replayed.error, hint=f"motia trace {replayed.trace_id}" if replayed.trace_id else "")
    if replayed.error is not None or (dry and any(run.error for run in replayed.runs)):
        raise SystemExit(1)


def _input(size: int | None) -> str:
    return "none" if size is None else f"{size} bytes"
