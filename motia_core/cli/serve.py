"""`motia dev` and `motia start`: boot, tell what came up, serve until told to stop.

The first Ctrl-C or SIGTERM drains; the second stops now. `--once -- CMD` serves just as long as CMD runs.
"""

from __future__ import annotations

import os
import signal
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import anyio
import typer

from motia_core.cli.arguments import Debug, Folder, Host, MotiaDir, Port, flags, folder
from motia_core.cli.output import err, fail, note, text
from motia_core.cli.project import configuration, run_async
from motia_core.cli.screen import print_boot, print_change
from motia_core.logs import Console

if TYPE_CHECKING:
    from motia_core.app.application import App

Quiet = Annotated[bool, typer.Option("-v", "--disable-verbose", help="Log lines without their fields")]
Mermaid = Annotated[bool, typer.Option("-m", "--mermaid", hidden=True)]


def dev(
    context: typer.Context,
    port: Port = None,
    host: Host = None,
    disable_verbose: Quiet = False,
    debug: Debug = False,
    mermaid: Mermaid = False,
    motia_dir: MotiaDir = None,
    once: Annotated[bool, typer.Option("--once", help="Run the command after -- and stop with its exit code")] = False,
    project: Folder = None,
) -> None:
    """Run the project and reload what changes; for development, on this machine only.

    With --once: motia dev --once -- CMD runs CMD with MOTIA_URL set, for smoke tests.
    """
    if once and not context.args:
        fail("--once needs a command", hint="motia dev --once -- npm test", code=2)
    if context.args and not once:
        fail(f"unexpected argument {context.args[0]}", hint="motia dev --help", code=2)
    given = flags(port, host, debug, motia_dir)
    _serve(folder(project), "dev", given, fields=not disable_verbose, command=context.args if once else None)


def start(
    port: Port = None,
    host: Host = None,
    disable_verbose: Quiet = False,
    debug: Debug = False,
    motia_dir: MotiaDir = None,
    project: Folder = None,
) -> None:
    """Run the project as a server: listens on all addresses, watches no files."""
    _serve(folder(project), "start", flags(port, host, debug, motia_dir), fields=not disable_verbose, command=None)


def _serve(
    project: Path, mode: Literal["dev", "start"], given: dict[str, object], *, fields: bool, command: list[str] | None
) -> None:
    began = time.monotonic()
    console = Console(fields=fields)
    code = run_async(partial(_run, project, mode, given, console, command, began))
    raise SystemExit(code)


async def _run(
    project: Path,
    mode: Literal["dev", "start"],
    given: dict[str, object],
    console: Console,
    command: list[str] | None,
    began: float,
) -> int:
    from motia_core.app.application import App  # heavy: only those who serve wait for it
    from motia_core.app.loading import load_project_config

    loaded = await configuration(project, mode, given)
    app = App(
        project,
        mode,
        loaded,
        console=console.print,
        watch=mode == "dev" and command is None,
        configure=partial(load_project_config, project, mode, given),
    )
    app.on_change = print_change
    code = 0
    async with anyio.create_task_group() as group:
        group.start_soon(_signals, app)
        async with app.running():
            print_boot(app, took=time.monotonic() - began, brief=command is not None)
            if command is not None:
                code = await _run_command(command, app.url)
                app.drain()
            await app.stopped()
        group.cancel_scope.cancel()
    return code


async def _signals(app: App) -> None:
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        count = 0
        async for number in signals:
            count += 1
            if count == 1:
                if number == signal.SIGINT:
                    err.print()
                note("stopping: running steps may finish (again to stop now)")
                app.drain()
            else:
                app.stop_now()


async def _run_command(command: list[str], url: str) -> int:
    """The command's exit code; 127 when it cannot be started."""
    try:
        process = await anyio.open_process(
            command, stdin=None, stdout=None, stderr=None, env={**os.environ, "MOTIA_URL": url}
        )
    except OSError as error:
        err.print(text(f"error: {command[0]} cannot be run: {error.strerror}", "red"))
        return 127
    try:
        return await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            with anyio.CancelScope(shield=True):
                await process.wait()
