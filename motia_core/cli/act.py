"""`motia run` and `motia emit`: start something by hand, in the running server or in one booted for the purpose."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from motia_core.app.ran import Ran
from motia_core.cli.arguments import Folder, Json, Port, folder, json_input
from motia_core.cli.client import Client, read_server_file
from motia_core.cli.output import err, fail, note, out, plain, print_json
from motia_core.cli.project import configuration, motia_dir, run_async
from motia_core.logs import render
from motia_core.model import LogRecord

_LONG = 3600.0


def run(
    step: Annotated[str, typer.Argument(help="Name, id or file of the step")],
    input: Annotated[str, typer.Option("--input", "-i", help="JSON, @file or - for standard input")] = "null",
    follow: Annotated[bool, typer.Option("--follow", help="Also wait for everything it emits")] = False,
    project: Folder = None,
) -> None:
    """Run one step by hand: the result as JSON on stdout, logs on stderr, exit code 1 if it failed."""
    path = folder(project)
    value = json_input(input)
    server = read_server_file(motia_dir(path))
    if server is not None:
        body = {"step": step, "input": value, "follow": follow}
        ran = msgspec.convert(Client(server).post("/__motia/api/run", body, timeout=_LONG), Ran)
    else:
        ran = run_async(lambda: _boot_and_run(path, step, value, follow))
    for line in ran.logs:
        if server is not None:
            err.print(plain(line))
    if ran.error is not None:
        fail(f"{step} failed: {ran.error}")
    if ran.failed:
        note(f"{ran.failed} of the steps it set off failed: motia trace {ran.trace_id}")
    print_json(ran.result)
    note(f"trace {ran.trace_id}")
    raise SystemExit(1 if ran.failed else 0)


async def _boot_and_run(path: Path, step: str, value: Any, follow: bool) -> Ran:
    from motia_core.app.application import App
    from motia_core.app.manual import run_by_hand

    loaded = await configuration(path, "dev")

    def console(record: LogRecord) -> None:
        err.print(render(record))

    app = App(path, "dev", loaded, console=console, listen=False, consume=follow)
    async with app.running():
        return await run_by_hand(app.parts, step, value, follow=follow)


def emit(
    topic: Annotated[str | None, typer.Argument(help="Topic")] = None,
    data: Annotated[str | None, typer.Argument(help="JSON, @file or - for standard input")] = None,
    old_topic: Annotated[str | None, typer.Option("--topic", help="Topic (old form)")] = None,
    old_message: Annotated[str | None, typer.Option("--message", help="JSON (old form)")] = None,
    port: Port = None,
    as_json: Json = False,
    project: Folder = None,
) -> None:
    """Emit an event into the running server; it is durable when this returns."""
    chosen, message = topic or old_topic, data if data is not None else old_message
    if chosen is None:
        fail("no topic given", hint="""motia emit order.created '{"id": 1}'""", code=2)
    value = json_input(message if message is not None else "null")
    path = folder(project)
    client = Client(read_server_file(motia_dir(path)), port=port)
    answer = client.post("/emit", {"topic": chosen, "data": value})
    if as_json:
        print_json(answer)
    else:
        out.print(f"Event emitted successfully: {plain(msgspec.json.encode(answer).decode())}")
