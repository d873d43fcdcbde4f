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

from motia_core.cli.arguments import Debug, Folder, Host, LogFormat, MotiaDir, Port, flags, folder
from motia_core.cli.lines import Lines, Screen, Teller
from motia_core.cli.output import err, fail, text
from motia_core.cli.project import attempted, configuration
from motia_core.errors import MotiaError
from motia_core.logs import Console

if TYPE_CHECKING:
    from motia_core.app.application import App
    from motia_core.app.reload import Change

Quiet = Annotated[bool, typer.Option("-v", "--disable-verbose", help="Log lines without their fields")]
Mermaid = Annotated[bool, typer.Option("-m", "--mermaid", help="Keep a diagram of each flow in .mermaid")]


def dev(
    context: typer.Context,
    port: Port = None,
    host: Host = None,
    disable_verbose: Quiet = False,
    debug: Debug = False,
    log_format: LogFormat = None,
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
    given = flags(port, host, debug, motia_dir, log_format)
    command = context.args if once else None
    _serve(folder(project), "dev", given, fields=not disable_verbose, command=command, mermaid=mermaid)


def start(
    port: Port = None,
    host: Host = None,
    disable_verbose: Quiet = False,
    debug: Debug = False,
    log_format: LogFormat = None,
    motia_dir: MotiaDir = None,
    project: Folder = None,
) -> None:
    """Run the project as a server: listens on all addresses, watches no files."""
    given = flags(port, host, debug, motia_dir, log_format)
    _serve(folder(project), "start", given, fields=not disable_verbose, command=None)


def _serve(
    project: Path,
    mode: Literal["dev", "start"],
    given: dict[str, object],
    *,
    fields: bool,
    command: list[str] | None,
    mermaid: bool = False,
) -> None:
    began = time.monotonic()
    serving = _Serving(project, mode, given, fields=fields, mermaid=mermaid)
    done = attempted(partial(serving.run, command, began))
    if isinstance(done, MotiaError):
        serving.tell.failed(done)
    raise SystemExit(done)


class _Serving:
    """One run of a server. `tell` speaks to whoever started it, in the form the configuration says."""

    def __init__(
        self,
        project: Path,
        mode: Literal["dev", "start"],
        given: dict[str, object],
        *,
        fields: bool,
        mermaid: bool,
    ) -> None:
        self._project = project
        self._mode = mode
        self._given = given
        self._fields = fields
        self._mermaid = mermaid
        # What goes wrong before the configuration is read is told as far as the form is known by then.
        early = given.get("logFormat") or os.environ.get("LOG_FORMAT") or os.environ.get("MOTIA_LOG_FORMAT")
        self._choose(str(early).lower() == "json")

    def _choose(self, as_json: bool) -> None:
        self._console = Console(fields=self._fields, as_json=as_json)
        self.tell: Teller = Lines(self._console) if as_json else Screen()

    async def run(self, command: list[str] | None, began: float) -> int:
        from motia_core.app.application import App  # heavy: only those who serve wait for it
        from motia_core.app.loading import load_project_config

        loaded = await configuration(self._project, self._mode, self._given)
        self._choose(loaded.config.log_format == "json")
        app = App(
            self._project,
            self._mode,
            loaded,
            console=self._console.print,
            watch=self._mode == "dev" and command is None,
            configure=partial(load_project_config, self._project, self._mode, self._given),
        )

        def changed(change: Change) -> None:
            self.tell.change(change)
            self._draw(app)

        app.on_change = changed
        code = 0
        async with anyio.create_task_group() as group:
            group.start_soon(_signals, app, self.tell)
            async with app.running():
                self.tell.boot(app, took=time.monotonic() - began, brief=command is not None)
                self._draw(app)
                if command is not None:
                    code = await _run_command(command, app.url)
                    app.drain()
                await app.stopped()
            group.cancel_scope.cancel()
        return code

    def _draw(self, app: App) -> None:
        """A diagram of each flow, as it is served now. What cannot be written is told, and serving goes on."""
        if not self._mermaid:
            return
        from motia_core.cli import mermaid
        from motia_core.steps.flows import flows

        try:
            mermaid.write(self._project / mermaid.FOLDER, flows(app.snapshot))
        except OSError as error:
            self.tell.note(f"{mermaid.FOLDER} cannot be written: {error.strerror}")


async def _signals(app: App, tell: Teller) -> None:
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        count = 0
        async for number in signals:
            count += 1
            if count == 1:
                if number == signal.SIGINT and isinstance(tell, Screen):
                    err.print()
                tell.note("stopping: running steps may finish (again to stop now)")
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
