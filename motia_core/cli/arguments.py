"""Arguments that several commands share, and how their text becomes values."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from motia_core.cli.output import fail

Folder = Annotated[str | None, typer.Option("--project", help="Project folder (default: the current one)")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout, nothing else")]
Port = Annotated[int | None, typer.Option("-p", "--port", help="Port of the server", min=0, max=65535)]
Host = Annotated[str | None, typer.Option("-H", "--host", help="Address to listen on")]
Debug = Annotated[bool, typer.Option("-d", "--debug", help="Log level debug")]
MotiaDir = Annotated[str | None, typer.Option("--motia-dir", help="Folder for the database and run files")]


def flags(port: int | None, host: str | None, debug: bool, motia_dir: str | None) -> dict[str, object]:
    """What the command line sets, by the key of the configuration."""
    given = {"port": port, "host": host, "logLevel": "debug" if debug else None, "motiaDir": motia_dir}
    return {key: value for key, value in given.items() if value is not None}


def folder(project: str | None) -> Path:
    """The project folder. Ends the command when there is none."""
    path = Path(project or ".").resolve()
    if not path.is_dir():
        fail(f"{path} is not a folder", code=2)
    return path


def json_input(text: str) -> object:
    """JSON as typed, from a file (`@file`) or from standard input (`-`). Ends the command when it is not JSON."""
    source = "the argument"
    if text == "-":
        text, source = sys.stdin.read(), "standard input"
    elif text.startswith("@"):
        source = text[1:]
        try:
            text = Path(source).read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            fail(f"{source} cannot be read: {error}", code=2)
    try:
        return msgspec.json.decode(text)
    except msgspec.MsgspecError as error:
        fail(f"{source} is not JSON: {error}", hint="""quote it for the shell: '{"id": 1}'""", code=2)
