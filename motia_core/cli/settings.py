"""`motia config`: the effective configuration, and where each value comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from motia_core.cli.arguments import Debug, Folder, Host, Json, MotiaDir, Port, flags, folder
from motia_core.cli.output import note, print_json, print_table, warn
from motia_core.cli.project import configuration, run_async
from motia_core.config.merge import leaves
from motia_core.problems import gravity

if TYPE_CHECKING:
    from motia_core.config.load import Loaded

Start = Annotated[bool, typer.Option("--start", help="As `motia start` reads it, not `motia dev`")]


def config(
    start: Start = False,
    port: Port = None,
    host: Host = None,
    debug: Debug = False,
    motia_dir: MotiaDir = None,
    as_json: Json = False,
    project: Folder = None,
) -> None:
    """Show the effective configuration and where each value came from."""
    path = folder(project)
    given = flags(port, host, debug, motia_dir)
    loaded = run_async(lambda: configuration(path, "start" if start else "dev", given))
    for problem in loaded.warnings:
        (note if gravity(problem) == "info" else warn)(problem.message)
    note(f"environment {loaded.env}, file {loaded.file or 'none'}")
    rows = setting_rows(loaded)
    if as_json:
        print_json(rows)
        return
    shown = ((row["key"], msgspec.json.encode(row["value"]).decode(), row["from"]) for row in rows)
    print_table(["KEY", "VALUE", "FROM"], shown, empty="")


def setting_rows(loaded: Loaded) -> list[dict[str, object]]:
    """Every key with its value and origin; the function that guards the streams counts as one."""
    values = leaves(msgspec.to_builtins(loaded.config, str_keys=True)).items()
    rows = [{"key": key, "value": value, "from": loaded.origins.get(key, "default")} for key, value in values]
    if loaded.authenticate is not None:
        origin = f"{loaded.file}: {loaded.authenticate}"
        rows.append({"key": "streamAuth.authenticate", "value": "a function", "from": origin})
    return rows
