"""All commands in one table, so that `--help`, completion and the documentation test see the same."""

from __future__ import annotations

from typing import Annotated

import typer

from motia_core import __version__
from motia_core.cli import (
    act,
    data,
    database,
    doctor,
    flows,
    inspect,
    logs,
    openapi,
    queues,
    replay,
    serve,
    settings,
    trace,
)
from motia_core.cli.mcp import command

app = typer.Typer(
    help="A folder of steps in TypeScript, JavaScript, Python and Ruby becomes a running backend.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("-V", "--version", help="Print the version", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    pass


app.command("dev", context_settings={"allow_extra_args": True, "ignore_unknown_options": False})(serve.dev)
app.command("start")(serve.start)
app.command("list")(inspect.list_steps)
app.command("check")(inspect.check)
app.command("run")(act.run)
app.command("emit")(act.emit)
app.add_typer(data.state, name="state")
app.command("logs")(logs.logs)
app.command("trace")(trace.trace)
app.command("replay")(replay.replay)
app.add_typer(queues.queues, name="queues")
app.add_typer(queues.dead, name="dead")
app.add_typer(database.db, name="db")
app.command("workers")(inspect.workers)
app.command("stats")(inspect.stats)
app.command("flows")(flows.flows)
app.command("openapi")(openapi.openapi)
app.command("mcp")(command.mcp)
app.command("config")(settings.config)
app.command("doctor")(doctor.doctor)
app.command("version")(inspect.version)


def old_forms(arguments: list[str]) -> list[str]:
    """Command lines of the old program as the new one spells them: `dev:debug` is `dev --debug`, `generate openapi` is
    `openapi --output openapi.json`."""
    if arguments[:1] == ["dev:debug"]:
        return ["dev", "--debug", *arguments[1:]]
    if arguments[:2] == ["generate", "openapi"]:
        return ["openapi", "--output", "openapi.json", *arguments[2:]]
    return arguments
