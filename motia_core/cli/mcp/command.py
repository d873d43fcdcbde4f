"""The command `motia mcp`. Imports the server only when it is asked for: other commands do not wait for it."""

from __future__ import annotations

from typing import Annotated

import typer

from motia_core.cli.arguments import Folder, Port, folder


def mcp(
    write: Annotated[bool, typer.Option("--write", help="Also tools that change something")] = False,
    port: Port = None,
    project: Folder = None,
) -> None:
    """Serve coding tools over the Model Context Protocol, on standard input and output."""
    from motia_core.cli.mcp.stdio import serve

    serve(folder(project), port, write=write)
