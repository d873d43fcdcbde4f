"""`motia openapi`: the API of the project as OpenAPI 3.1, without a running server."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.text import Text

from motia_core.cli.arguments import Folder, folder
from motia_core.cli.inspect import examined
from motia_core.cli.output import err, fail, text, warn
from motia_core.problems import gravity


def openapi(
    output: Annotated[str | None, typer.Option("-o", "--output", help="File to write (default: print it)")] = None,
    title: Annotated[str | None, typer.Option("-t", "--title", help="Default: the name in package.json")] = None,
    version: Annotated[str | None, typer.Option("-v", "--version", help="Default: that in package.json")] = None,
    project: Folder = None,
) -> None:
    """Write the API as OpenAPI 3.1, from the schemas of the steps."""
    from motia_core.openapi.document import document, info_of
    from motia_core.openapi.operations import encode

    path = folder(project)
    if output is not None and not Path(output).parent.is_dir():
        fail(f"{output} cannot be written: there is no such folder", code=2)
    snapshot = examined(path).snapshot
    for problem in snapshot.problems:
        if gravity(problem) == "error" and problem.file is not None:
            warn(f"{problem.file} is left out: {problem.message}")
    given = {key: value for key, value in (("title", title), ("version", version)) if value is not None}
    made = document(snapshot, msgspec.structs.replace(info_of(path), **given))
    if output is None:
        typer.echo(encode(made).decode(), nl=False)
        return
    try:
        Path(output).write_bytes(encode(made))
    except OSError as error:
        fail(f"{output} cannot be written: {error.strerror}")
    count = sum(len(item) for item in made["paths"].values())
    err.print(Text("✓ ", "green").append_text(text(f"OpenAPI specification generated at {output}, {count} operations")))
